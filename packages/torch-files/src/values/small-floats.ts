/** A table of the numbers that all bit patterns of a small float stand for. */
function tableOf(bits: number, exponentBits: number, special: (fraction: number, top: number) => number): Float32Array {
  const fractionBits = bits - 1 - exponentBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  const table = new Float32Array(2 ** bits);
  for (let pattern = 0; pattern < table.length; pattern += 1) {
    const sign = pattern >> (bits - 1) === 1 ? -1 : 1;
    const exponent = (pattern >> fractionBits) & (2 ** exponentBits - 1);
    const fraction = pattern & (2 ** fractionBits - 1);
    const part = fraction / 2 ** fractionBits;
    const value = exponent === 0 ? part * 2 ** (1 - bias) : (1 + part) * 2 ** (exponent - bias);
    table[pattern] = sign * (exponent === 2 ** exponentBits - 1 ? special(fraction, value) : value);
  }
  return table;
}

const infinityOrNaN = (fraction: number): number => (fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN);

let half: Float32Array | undefined;
let e4m3: Float32Array | undefined;
let e5m2: Float32Array | undefined;

/** IEEE halves as float32. */
export function fromHalf(words: Uint16Array): Float32Array {
  const table = (half ??= tableOf(16, 5, infinityOrNaN));
  return lookUp(table, words);
}

/** bfloat16: the upper half of a float32. */
export function fromBfloat16(words: Uint16Array): Float32Array {
  const bits = new Uint32Array(words.length);
  for (let at = 0; at < bits.length; at += 1) bits[at] = (words[at] ?? 0) << 16;
  return new Float32Array(bits.buffer);
}

/** 8 bits with 4 of exponent; there is no infinity, and one NaN of each sign. */
export function fromE4m3fn(bytes: Uint8Array): Float32Array {
  const table = (e4m3 ??= tableOf(8, 4, (fraction, value) => (fraction === 7 ? Number.NaN : value)));
  return lookUp(table, bytes);
}

/** 8 bits with 5 of exponent. */
export function fromE5m2(bytes: Uint8Array): Float32Array {
  const table = (e5m2 ??= tableOf(8, 5, infinityOrNaN));
  return lookUp(table, bytes);
}

function lookUp(table: Float32Array, patterns: Uint16Array | Uint8Array): Float32Array {
  const values = new Float32Array(patterns.length);
  for (let at = 0; at < values.length; at += 1) values[at] = table[patterns[at] ?? 0] ?? Number.NaN;
  return values;
}
