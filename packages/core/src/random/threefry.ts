const PARITY = 0x1bd11bda;
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/**
 * Threefry-2x32 with 20 rounds: maps a 64-bit counter to 64 random bits under a 64-bit key.
 * The result is written to `out` as two uint32 numbers.
 * Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011).
 */
export function threefry(key0: number, key1: number, counter0: number, counter1: number, out: Uint32Array): void {
  const key2 = key0 ^ key1 ^ PARITY;
  const schedule = [key0, key1, key2];
  let a = (counter0 + key0) | 0;
  let b = (counter1 + key1) | 0;
  for (let group = 0; group < 5; group += 1) {
    const first = (group & 1) * 4;
    for (let round = first; round < first + 4; round += 1) {
      const rotation = ROTATIONS[round] ?? 0;
      a = (a + b) | 0;
      b = ((b << rotation) | (b >>> (32 - rotation))) ^ a;
    }
    a = (a + (schedule[(group + 1) % 3] ?? 0)) | 0;
    b = (b + (schedule[(group + 2) % 3] ?? 0) + group + 1) | 0;
  }
  out[0] = a;
  out[1] = b;
}

/** Two 32-bit hashes of a text (FNV-1a forwards and with another start), to fold a name into a key. */
export function hashName(name: string): readonly [number, number] {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let i = 0; i < name.length; i += 1) {
    const unit = name.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ (unit + i), 0x01000193);
  }
  return [low >>> 0, high >>> 0];
}
