const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;

const STRIPE = 16;

/** The 32-bit xxHash of the bytes with seed 0, which LZ4's frames are checked with. */
export function xxh32(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let hash = PRIME_5;
  if (bytes.length >= STRIPE) {
    let a = PRIME_1 + PRIME_2;
    let b = PRIME_2;
    let c = 0;
    let d = -PRIME_1;
    // Four sums without a list of them: files of gigabytes are checked.
    for (; at + STRIPE <= bytes.length; at += STRIPE) {
      a = mixed(a, view.getInt32(at, true));
      b = mixed(b, view.getInt32(at + 4, true));
      c = mixed(c, view.getInt32(at + 8, true));
      d = mixed(d, view.getInt32(at + 12, true));
    }
    hash = rotated(a, 1) + rotated(b, 7) + rotated(c, 12) + rotated(d, 18);
  }
  hash = (hash + bytes.length) | 0;
  for (; at + 4 <= bytes.length; at += 4)
    hash = Math.imul(rotated(hash + Math.imul(view.getUint32(at, true), PRIME_3), 17), PRIME_4);
  for (; at < bytes.length; at += 1)
    hash = Math.imul(rotated(hash + Math.imul(view.getUint8(at), PRIME_5), 11), PRIME_1);
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function mixed(sum: number, word: number): number {
  return Math.imul(rotated((sum + Math.imul(word, PRIME_2)) | 0, 13), PRIME_1);
}

/** @param value of which the lowest 32 bits count */
function rotated(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}
