/** A WebAssembly instruction or several, as bytes. */
export type Code = readonly number[];

/** The instructions that elementwise programs need, each with its operands first. */
export const wasm = {
  local: (index: number): Code => [0x20, ...unsigned(index)],
  setLocal: (index: number, value: Code): Code => [...value, 0x21, ...unsigned(index)],
  integer: (value: number): Code => [0x41, ...signed(value)],
  addInteger: (a: Code, b: Code): Code => [...a, ...b, 0x6a],
  isBelow: (a: Code, b: Code): Code => [...a, ...b, 0x49],
  /** Runs `body` as long as `condition` holds after it. */
  repeatWhile: (body: Code, condition: Code): Code => [0x03, 0x40, ...body, ...condition, 0x0d, 0x00, 0x0b],
  /** Four float32 from memory; `offset` bytes behind the address. */
  load: (address: Code, offset: number): Code => [...address, ...simd(0x00), 0x04, ...unsigned(offset)],
  store: (address: Code, offset: number, value: Code): Code => [...address, ...value, ...simd(0x0b), 0x04, ...unsigned(offset)],
  splat: (value: Code): Code => [...value, ...simd(0x13)],
  negate: (a: Code): Code => [...a, ...simd(0xe1)],
  squareRoot: (a: Code): Code => [...a, ...simd(0xe3)],
  add: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe4)],
  subtract: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe5)],
  multiply: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe6)],
  divide: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe7)],
  maximum: (a: Code, b: Code): Code => [...a, ...b, ...simd(0xe9)],
} as const;

const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;
/** Of 64 KiB. */
const MEMORY_PAGES = 4;

export interface FunctionDescription {
  /** Parameters are one i32 (local 0), then this many f32. */
  readonly floatParameters: number;
  /** Locals after the parameters: i32 first, then vectors of four float32. */
  readonly integerLocals: number;
  readonly vectorLocals: number;
  readonly body: Code;
}

/** A module that imports its memory as `env.memory` and exports one function, `run`. */
export function encodeModule({ floatParameters, integerLocals, vectorLocals, body }: FunctionDescription): Uint8Array<ArrayBuffer> {
  const parameters = [I32, ...Array.from({ length: floatParameters }, () => F32)];
  const locals = [
    [...unsigned(integerLocals), I32],
    [...unsigned(vectorLocals), V128],
  ];
  const code = [...vector(locals), ...body, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector([[0x60, ...vector(parameters.map((type) => [type])), 0x00]])),
    ...section(2, vector([[...text("env"), ...text("memory"), 0x02, 0x00, ...unsigned(MEMORY_PAGES)]])),
    ...section(3, vector([[0x00]])),
    ...section(7, vector([[...text("run"), 0x00, 0x00]])),
    ...section(10, vector([[...unsigned(code.length), ...code]])),
  ]);
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
