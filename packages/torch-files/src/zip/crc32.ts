let tables: Int32Array | undefined;

/** Eight tables of 256, so that eight bytes are taken at a time. */
function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    made[byte] = crc;
  }
  for (let at = 256; at < made.length; at += 1) {
    const before = made[at - 256] ?? 0;
    made[at] = (before >>> 8) ^ (made[before & 255] ?? 0);
  }
  return made;
}

/** The checksum that zip files carry. @returns an unsigned integer of 32 bits */
export function crc32(bytes: Uint8Array): number {
  const table = (tables ??= makeTables());
  const at = (slice: number, byte: number): number => table[slice * 256 + (byte & 255)] ?? 0;
  let crc = -1;
  let i = 0;
  for (const end = bytes.length - 7; i < end; i += 8) {
    const low =
      crc ^ ((bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16) | ((bytes[i + 3] ?? 0) << 24));
    crc = at(7, low) ^ at(6, low >>> 8) ^ at(5, low >>> 16) ^ at(4, low >>> 24);
    crc ^= at(3, bytes[i + 4] ?? 0) ^ at(2, bytes[i + 5] ?? 0) ^ at(1, bytes[i + 6] ?? 0) ^ at(0, bytes[i + 7] ?? 0);
  }
  for (; i < bytes.length; i += 1) crc = (crc >>> 8) ^ at(0, crc ^ (bytes[i] ?? 0));
  return ~crc >>> 0;
}
