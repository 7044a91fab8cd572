const [SIGN, QUIET_NAN, INFINITY_BITS] = [0x8000, 0x7fc0, 0x7f80_0000];
const WITHOUT_SIGN = 0x7fff_ffff;
/** What is a little less than half of the last bit that stays. */
const JUST_BELOW_HALF = 0x7fff;

/** Rounds to the nearest bfloat16, ties to even, as PyTorch does. @param target from `from` on */
export function roundToBfloat16(source: Float32Array, target: Uint16Array, from: number): void {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length);
  for (let i = 0; i < bits.length; i += 1) {
    const each = bits[i] ?? 0;
    target[from + i] =
      (each & WITHOUT_SIGN) > INFINITY_BITS
        ? ((each >>> 16) & SIGN) | QUIET_NAN
        : (each + JUST_BELOW_HALF + ((each >>> 16) & 1)) >>> 16;
  }
}

/** The numbers that start at `from`. Every bfloat16 is a float32. */
export function expandBfloat16(source: Uint16Array, from: number, target: Float32Array): void {
  const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
  for (let i = 0; i < bits.length; i += 1) bits[i] = (source[from + i] ?? 0) << 16;
}
