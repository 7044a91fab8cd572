import { beforeAll, describe, expect, it } from "vitest";
import { NdArray } from "./testing/nd-array.js";
import { TestRandom } from "./testing/random-array.js";
import { runFused, useEngine } from "./testing/run-fused.js";

beforeAll(useEngine);

/** The counter hash as the contract writes it. */
function randomInteger(i: number, [start, stride]: readonly [number, number]): number {
  let h = (Math.imul(i, stride | 1) + start) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return ((h ^ (h >>> 15)) >>> 0) >>> 8;
}

const seeds: [number, number][] = [
  [0, 0],
  [-1, -2],
  [123_456_789, -987_654_321],
];

describe("the counter hash", () => {
  it.each(seeds)("gives the same numbers as integer code, seed %i %i", (...seed) => {
    const [y] = runFused("lit.RandomUniform", { seed: { int32: seed } }, { shape: [7, 301] });
    expect(y?.shape).toEqual([7, 301]);
    expect([...(y?.data ?? [])]).toEqual(Array.from({ length: 7 * 301 }, (_, i) => randomInteger(i, seed) / 2 ** 24));
  });

  it.each([0.1, 0.25, 0.5, 0.999])("decides what dropout keeps, p = %f", (p) => {
    const seed: [number, number] = [77, -4242];
    const x = new TestRandom(1).array([11, 97]);
    const factor = Math.fround(1 / (1 - p));
    const expected = [...x.data].map((value, i) =>
      randomInteger(i, seed) >= p * 2 ** 24 ? Math.fround(value * factor) : value * 0,
    );
    expect([...(runFused("lit.Dropout", { x, seed: { int32: seed } }, { p })[0]?.data ?? [])]).toEqual(expected);
  });
});

describe("dropout", () => {
  it("keeps everything at p = 0 and nothing at p = 1", () => {
    const x = new NdArray([4], [1, -2, 3, -4]);
    const seed = { int32: [1, 2] };
    expect([...(runFused("lit.Dropout", { x, seed }, { p: 0 })[0]?.data ?? [])]).toEqual([1, -2, 3, -4]);
    expect([...(runFused("lit.Dropout", { x, seed }, { p: 1 })[0]?.data ?? [])].map(Math.abs)).toEqual([0, 0, 0, 0]);
  });

  it("handles an empty batch", () => {
    expect(runFused("lit.Dropout", { x: new NdArray([0, 3]), seed: { int32: [1, 2] } }, { p: 0.5 })[0]?.shape).toEqual([
      0, 3,
    ]);
  });
});
