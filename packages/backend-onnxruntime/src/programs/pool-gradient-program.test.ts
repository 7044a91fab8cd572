import { describe, expect, it } from "vitest";
import { POOL_ROWS, poolGradientProgram } from "./pool-gradient-program.js";
import { PAGE_BYTES } from "./wasm-pages.js";

interface Rows {
  readonly dy: Float32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Whole numbers from 0 up to below `end`, the same in every run. */
function integers(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
}

/** Runs the program on rows that lie behind each other, with a margin that nobody may write to. */
function run(windows: number, isMasked: boolean, { dy, x, y }: Rows): Float32Array {
  const { module, lengths } = poolGradientProgram(windows, isMasked);
  const floats = dy.length + 2 * x.length + y.length + 64;
  const pages = Math.ceil((floats * 4) / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const exported = new WebAssembly.Instance(new WebAssembly.Module(module), { env: { memory } }).exports["run"];
  if (typeof exported !== "function") throw new Error("a program exports run");
  let next = 0;
  const place = (values: Float32Array) => {
    const address = next;
    new Float32Array(memory.buffer, address, values.length).set(values);
    next += values.byteLength;
    return address;
  };
  const places = [place(dy), place(x), place(y), place(new Float32Array(x.length).fill(Number.NaN))];
  const margin = new Float32Array(memory.buffer, next, 64).fill(7);
  Reflect.apply(exported, undefined, [dy.length / (lengths?.[0] ?? 1), ...places]);
  expect(margin.every((value) => value === 7)).toBe(true);
  return new Float32Array(memory.buffer, places[3], x.length).slice();
}

/** The first of the largest elements of each window gets its gradient, and NaN gets NaN. */
function expectedGradient(windows: number, isMasked: boolean, { dy, x, y }: Rows): Float32Array {
  const dx = new Float32Array(x.length);
  for (let window = 0; window < dy.length; window += 1) {
    const corner = Math.floor(window / windows) * 4 * windows + (window % windows) * 2;
    const covered = [corner, corner + 1, corner + 2 * windows, corner + 2 * windows + 1];
    const largest = y[window] ?? 0;
    const first = covered.find((i) => x[i] === largest && largest !== -Infinity);
    if (first !== undefined) dx[first] = (dy[window] ?? 0) * (isMasked ? Number(largest > 0) : 1);
    for (const i of covered) if (Number.isNaN(x[i])) dx[i] = Number.NaN;
  }
  return dx;
}

/** With the maxima as they are; NaN is the maximum of its window. */
function rowsOf(windows: number, rows: number, valueOf: (index: number) => number): Rows {
  const below = integers(windows);
  const x = Float32Array.from({ length: rows * 4 * windows }, (_, i) => valueOf(i));
  const dy = Float32Array.from({ length: rows * windows }, () => below(2000) / 1000 - 1);
  const y = dy.map((_, window) => {
    const corner = Math.floor(window / windows) * 4 * windows + (window % windows) * 2;
    return Math.max(x[corner]!, x[corner + 1]!, x[corner + 2 * windows]!, x[corner + 2 * windows + 1]!);
  });
  return { dy, x, y };
}

describe.each([POOL_ROWS.least, 5, 6, 7, 8, 12, 13, 65, POOL_ROWS.most])("the gradient of %i maxima", (windows) => {
  it.each([false, true])("goes to the first of the largest, masked: %s", (isMasked) => {
    const below = integers(3);
    for (const values of [
      // Ties, zeros of both signs, and negative maxima.
      () => (below(5) - 2) * (below(2) === 0 ? 1 : -1),
      () => [0, -0, -Infinity, Infinity, 1e30, -1e30, 3][below(7)] ?? 0,
      () => [Number.NaN, 1, 2, 1, 2, 1][below(6)] ?? 0,
      () => -Infinity,
    ]) {
      const rows = rowsOf(windows, 3, values);
      expect(run(windows, isMasked, rows)).toEqual(expectedGradient(windows, isMasked, rows));
    }
  });

  it("is what came, were it not finite, and 0 beside it", () => {
    const rows = rowsOf(windows, 2, (i) => i % 5);
    for (const value of [Infinity, -Infinity, Number.NaN]) {
      rows.dy.fill(value);
      expect(run(windows, false, rows)).toEqual(expectedGradient(windows, false, rows));
    }
  });
});

it("is one program for each width of a row, with and without a mask", () => {
  expect(poolGradientProgram(12, true)).toBe(poolGradientProgram(12, true));
  expect(
    new Set(
      [poolGradientProgram(12, true), poolGradientProgram(12, false), poolGradientProgram(13, true)].map(
        ({ key }) => key,
      ),
    ).size,
  ).toBe(3);
});
