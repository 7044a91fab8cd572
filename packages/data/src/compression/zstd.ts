/** @throws Error where the bytes are damaged, or hold something of another length */
export type Decompress = (bytes: Uint8Array, length: number) => Uint8Array;

/** What fits into the decoder's memory. */
const MOST_BYTES = 2 ** 30;

/** A decoder for Zstandard, which is WebAssembly: ten times as fast as one in JavaScript. */
export async function loadZstd(): Promise<Decompress> {
  const { ZSTDDecoder } = await import("zstddec");
  const decoder = new ZSTDDecoder();
  await decoder.init();
  return (bytes, length) => {
    if (length === 0) return new Uint8Array();
    if (length > MOST_BYTES) throw new Error(`${length} bytes of Zstandard in one piece are more than ${MOST_BYTES}`);
    const result = decoder.decode(bytes, length);
    // Where the bytes are damaged the decoder gives something of another length.
    if (result.length === length) return result;
    throw new Error(`the bytes of Zstandard do not hold the ${length} bytes that they say`);
  };
}
