const PARITY = 0x1bd11bda;
/**
 * Threefry-2x32 with 20 rounds: maps a 64-bit counter to 64 random bits under a 64-bit key.
 * The result is written to `out` as two uint32 numbers. The rounds are written out, because random numbers are made in
 * bulk. Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011).
 */
export function threefry(key0: number, key1: number, counter0: number, counter1: number, out: Uint32Array): void {
  let [injected0, injected1, later] = [key1, key0 ^ key1 ^ PARITY, key0];
  let a = (counter0 + key0) | 0;
  let b = (counter1 + key1) | 0;
  for (let group = 1; group <= 5; group += 1) {
    if (group % 2 === 1) {
      a = (a + b) | 0;
      b = ((b << 13) | (b >>> 19)) ^ a;
      a = (a + b) | 0;
      b = ((b << 15) | (b >>> 17)) ^ a;
      a = (a + b) | 0;
      b = ((b << 26) | (b >>> 6)) ^ a;
      a = (a + b) | 0;
      b = ((b << 6) | (b >>> 26)) ^ a;
    } else {
      a = (a + b) | 0;
      b = ((b << 17) | (b >>> 15)) ^ a;
      a = (a + b) | 0;
      b = ((b << 29) | (b >>> 3)) ^ a;
      a = (a + b) | 0;
      b = ((b << 16) | (b >>> 16)) ^ a;
      a = (a + b) | 0;
      b = ((b << 24) | (b >>> 8)) ^ a;
    }
    a = (a + injected0) | 0;
    b = (b + injected1 + group) | 0;
    const used = injected0;
    injected0 = injected1;
    injected1 = later;
    later = used;
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
