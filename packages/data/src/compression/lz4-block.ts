/** Bytes that are written behind what is there. */
export interface Lz4Output {
  readonly bytes: Uint8Array;
  /** Where the next byte goes. */
  at: number;
}

const SMALLEST_MATCH = 4;
/** Of a shorter run a loop copies the bytes sooner than a call. */
const SHORT_RUN = 24;

/**
 * Writes what a block of LZ4 holds behind what is in the output, which it may refer to.
 * @throws Error where the block is damaged, or holds more than fits
 */
export function decodeLz4Block(block: Uint8Array, output: Lz4Output): void {
  const { bytes } = output;
  let from = 0;
  let to = output.at;
  while (from < block.length) {
    const token = block[from++] ?? 0;
    let literals = token >> 4;
    if (literals === 15) ({ length: literals, from } = longLength(block, from, literals));
    if (from + literals > block.length || to + literals > bytes.length) throw tooLong();
    if (literals < SHORT_RUN) for (let i = 0; i < literals; i += 1) bytes[to + i] = block[from + i] ?? 0;
    else bytes.set(block.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from === block.length) break; // The last sequence has literals alone.
    if (from + 2 > block.length) throw tooLong();
    const distance = (block[from] ?? 0) | ((block[from + 1] ?? 0) << 8);
    from += 2;
    let match = token & 15;
    if (match === 15) ({ length: match, from } = longLength(block, from, match));
    match += SMALLEST_MATCH;
    if (distance === 0 || distance > to) throw new Error("an LZ4 block refers to bytes before its beginning");
    if (to + match > bytes.length) throw tooLong();
    copyMatch(bytes, to, distance, match);
    to += match;
  }
  output.at = to;
}

/** Copies what may overlap itself: a match that is longer than its distance repeats. */
function copyMatch(bytes: Uint8Array, to: number, distance: number, length: number): void {
  if (length < SHORT_RUN || distance < SHORT_RUN) {
    for (let i = to; i < to + length; i += 1) bytes[i] = bytes[i - distance] ?? 0;
    return;
  }
  for (let done = 0; done < length; done += distance)
    bytes.copyWithin(to + done, to + done - distance, to + Math.min(done + distance, length) - distance);
}

/** A length that goes on in bytes of 255 and a smaller one. */
function longLength(block: Uint8Array, at: number, begun: number): { length: number; from: number } {
  let length = begun;
  for (let from = at; from < block.length; from += 1) {
    const more = block[from] ?? 0;
    length += more;
    if (more !== 255) return { length, from: from + 1 };
  }
  throw tooLong();
}

const tooLong = (): Error => new Error("an LZ4 block is longer than it may be, or cut off");
