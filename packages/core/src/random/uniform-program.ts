import { UNIFORM_MODULE } from "./generated/uniform-module.js";

/**
 * Uniform numbers in bulk, as WebAssembly: the words of `threefry` and `offset + scale · (word >>> 8)` of each,
 * computed in float64 and rounded to float32, for four counters at a time. V8 takes 15 ms of a start until the same in
 * JavaScript is fast, and then needs more than twice as long.
 */
export interface UniformProgram {
  /** What the newest call of `fill` has made; the next one overwrites it. */
  readonly values: Float32Array;
  /**
   * Fills the beginning of `values`, two values for each block.
   * @param counter0 the lower word of the first block's number; it must not overflow within `count` values
   * @param count a multiple of 8, up to the length of `values`
   */
  fill(numbers: UniformNumbers, counter0: number, counter1: number, count: number): void;
}

export interface UniformNumbers {
  readonly key: readonly [number, number];
  readonly offset: number;
  readonly scale: number;
}

/** Values of one call: they stay in the processor's nearest cache until they are copied. */
const MOST_VALUES = 4096;
/** Behind the two float64 numbers that the module reads from the beginning of its memory. */
const VALUES_AT = 16;

/** The part of WebAssembly's interface that is used here; Node's types leave it to those of the browser. */
declare const WebAssembly: {
  readonly Memory: new (pages: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: { readonly fill: (...integers: number[]) => void } };
};

let program: UniformProgram | null | undefined;

/** @returns undefined where WebAssembly is missing, too old or forbidden */
export function uniformProgram(): UniformProgram | undefined {
  if (program === undefined) program = compiled();
  return program ?? undefined;
}

function compiled(): UniformProgram | null {
  try {
    const bytes = Uint8Array.from(atob(UNIFORM_MODULE), (character) => character.charCodeAt(0));
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { fill } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports;
    const numbers = new Float64Array(memory.buffer, 0, 2);
    return {
      values: new Float32Array(memory.buffer, VALUES_AT, MOST_VALUES),
      fill({ key, offset, scale }, counter0, counter1, count) {
        numbers[0] = offset;
        numbers[1] = scale;
        fill(key[0], key[1], counter0, counter1, 4 * count);
      },
    };
  } catch {
    return null; // What forbids it, a page's policy for one, throws errors of its own.
  }
}
