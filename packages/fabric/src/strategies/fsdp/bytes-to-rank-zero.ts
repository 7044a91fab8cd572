import type { Collective } from "../../collectives/collective.js";

const PIECE_BYTES = 64 * 1024 * 1024;

/**
 * Sends byte strings to rank 0, which takes them one after the other, so that it never holds two of them.
 * @param bytes this rank's; those of rank 0 stay where they are
 * @param take gets those of each other rank, on rank 0
 */
export async function bytesToRankZero(
  collective: Collective,
  bytes: Uint8Array,
  { name, take }: { readonly name: string; readonly take: (bytes: Uint8Array, rank: number) => void },
): Promise<void> {
  const length = new TextEncoder().encode(String(bytes.length));
  const lengths = (await collective.exchangeBytes(length, { name: `size of ${name}` })).map((text) =>
    Number(new TextDecoder().decode(text)),
  );
  const { rank } = collective;
  for (let source = 1; source < lengths.length; source += 1) {
    if (rank !== 0 && rank !== source) continue;
    const moving = rank === 0 ? new Uint8Array(lengths[source] ?? 0) : bytes;
    for (let from = 0; from < moving.length; from += PIECE_BYTES) {
      const piece = moving.subarray(from, from + PIECE_BYTES);
      const call = { name: `${name} of rank ${source}, from byte ${from} on` };
      await (rank === 0
        ? collective.receive(piece, { ...call, source })
        : collective.send(piece, { ...call, destination: 0 }));
    }
    if (rank === 0) take(moving, source);
  }
}
