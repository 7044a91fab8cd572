/** A WebAssembly instruction or several, as bytes. */
export type Code = readonly number[];

/** The instructions that programs need, each with its operands first. An `offset` is in bytes behind the address. */
export const wasm = {
  local: (index: number): Code => [0x20, ...unsigned(index)],
  setLocal: (index: number, value: Code): Code => [...value, 0x21, ...unsigned(index)],
  integer: (value: number): Code => [0x41, ...signed(value)],
  addInteger: (a: Code, b: Code): Code => [...a, ...b, 0x6a],
  subtractInteger: (a: Code, b: Code): Code => [...a, ...b, 0x6b],
  multiplyInteger: (a: Code, b: Code): Code => [...a, ...b, 0x6c],
  /** Without signs: a negative number is above every positive one. */
  isBelow: (a: Code, b: Code): Code => [...a, ...b, 0x49],
  isLess: (a: Code, b: Code): Code => [...a, ...b, 0x48],
  loadInteger: (address: Code, offset: number): Code => [...address, 0x28, 0x02, ...unsigned(offset)],
  /** Runs `body` as long as `condition` holds after it. */
  repeatWhile: (body: Code, condition: Code): Code => [0x03, 0x40, ...body, ...condition, 0x0d, 0x00, 0x0b],
  when: (condition: Code, body: Code, otherwise: Code = []): Code => [
    ...condition,
    0x04,
    0x40,
    ...body,
    0x05,
    ...otherwise,
    0x0b,
  ],
  /** Four float32 from memory. */
  load: (address: Code, offset: number): Code => [...address, ...simd(0x00), 0x04, ...unsigned(offset)],
  store: (address: Code, offset: number, value: Code): Code => [
    ...address,
    ...value,
    ...simd(0x0b),
    0x04,
    ...unsigned(offset),
  ],
  /** A number in all four lanes. */
  number: (value: number): Code => [0x43, ...new Uint8Array(Float32Array.of(value).buffer), ...simd(0x13)],
  splat: (value: Code): Code => [...value, ...simd(0x13)],
  negate: (a: Code): Code => [...a, ...simd(0xe1)],
  squareRoot: (a: Code): Code => [...a, ...simd(0xe3)],
  add: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe4)],
  subtract: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe5)],
  multiply: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe6)],
  divide: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe7)],
  maximum: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe9)],
  minimum: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe8)],
  absolute: (a: Code): Code => [...a, ...simd(0xe0)],
  /** All bits of a lane where the operands are equal, none elsewhere; the others combine such lanes and any bits. */
  equal: (a: Code, b: Code): Code => [...a, ...b, ...simd(0x41)],
  unequal: (a: Code, b: Code): Code => [...a, ...b, ...simd(0x42)],
  and: (a: Code, b: Code): Code => [...a, ...b, ...simd(0x4e)],
  /** Bits of `a` that `b` does not have. */
  without: (a: Code, b: Code): Code => [...a, ...b, ...simd(0x4f)],
  or: (a: Code, b: Code): Code => [...a, ...b, ...simd(0x50)],
  /** Four lanes out of eight, those of `b` behind those of `a`. */
  lanes: (a: Code, b: Code, picked: readonly number[]): Code => [
    ...a,
    ...b,
    ...simd(0x0d),
    ...picked.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
  ],
  /** Lanes of `a` where the condition is above 0, of `b` elsewhere. */
  selectPositive: (condition: Code, a: Code, b: Code): Code => [
    ...a,
    ...b,
    ...condition,
    ...simd(0x0c),
    ...Array.from({ length: 16 }, () => 0),
    ...simd(0x44),
    ...simd(0x52),
  ],
  /** Two float32 from memory as a vector of two float64. */
  loadPair: (address: Code, offset: number): Code => [
    ...address,
    ...simd(0x5d),
    0x03,
    ...unsigned(offset),
    ...simd(0x5f),
  ],
  /** A vector of two float64, each rounded to float32. */
  storePair: (address: Code, offset: number, value: Code): Code => [
    ...address,
    ...value,
    ...simd(0x5e),
    ...simd(0x5b),
    0x03,
    ...unsigned(offset),
    0x00,
  ],
  addPairs: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xf0)],
  zeroVector: (): Code => [...simd(0x0c), ...Array.from({ length: 16 }, () => 0)],
  /** One float32 from memory as a float64. */
  loadSingle: (address: Code, offset: number): Code => [...address, 0x2a, 0x02, ...unsigned(offset), 0xbb],
  loadDouble: (address: Code, offset: number): Code => [...address, 0x2b, 0x03, ...unsigned(offset)],
  storeDouble: (address: Code, offset: number, value: Code): Code => [
    ...address,
    ...value,
    0x39,
    0x03,
    ...unsigned(offset),
  ],
  addDoubles: (a: Code, b: Code): Code => [...a, ...b, 0xa0],
} as const;

const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;

export interface FunctionDescription {
  /** Under which the module exports it. */
  readonly name: string;
  /** Parameters are these many i32 (from local 0 on), then these many f32. */
  readonly integerParameters: number;
  readonly floatParameters: number;
  /** Locals after the parameters: i32 first, then vectors. */
  readonly integerLocals: number;
  readonly vectorLocals: number;
  readonly body: Code;
}

/** Pages of 64 KiB. A memory with a maximum is shared among threads. */
export interface MemoryDescription {
  readonly pages: number;
  readonly mostSharedPages?: number;
}

/** A module that imports its memory as `env.memory` and exports functions without results. */
export function encodeModule(
  { pages, mostSharedPages }: MemoryDescription,
  functions: readonly FunctionDescription[],
): Uint8Array<ArrayBuffer> {
  const limits =
    mostSharedPages === undefined
      ? [0x00, ...unsigned(pages)]
      : [0x03, ...unsigned(pages), ...unsigned(mostSharedPages)];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(functions.map(signature))),
    ...section(2, vector([[...text("env"), ...text("memory"), 0x02, ...limits]])),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(7, vector(functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]))),
    ...section(10, vector(functions.map(definition))),
  ]);
}

function signature({ integerParameters, floatParameters }: FunctionDescription): Code {
  const types = [
    ...Array.from({ length: integerParameters }, () => [I32]),
    ...Array.from({ length: floatParameters }, () => [F32]),
  ];
  return [0x60, ...vector(types), 0x00];
}

function definition({ integerLocals, vectorLocals, body }: FunctionDescription): Code {
  const locals = [
    [...unsigned(integerLocals), I32],
    [...unsigned(vectorLocals), V128],
  ];
  const code = [...vector(locals), ...body, 0x0b];
  return [...unsigned(code.length), ...code];
}

function simd(opcode: number): Code {
  return [0xfd, ...unsigned(opcode)];
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): Code {
  const bytes = [...new TextEncoder().encode(value)];
  return [...unsigned(bytes.length), ...bytes];
}

/** LEB128 */
function unsigned(value: number): Code {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}

function signed(value: number): Code {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    if (rest >= -64 && rest < 64) return [...bytes, rest & 0x7f];
    bytes.push((rest & 0x7f) | 0x80);
  }
}
