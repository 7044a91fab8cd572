import { describe, expect, it } from "vitest";
import { fitSizes } from "./fit-sizes.js";

const SIZES = [211, 223, 6] as const;

function values(of: (size: number) => number) {
  return [of(211), of(223), of(6)] as const;
}

describe("fitSizes", () => {
  it.each([
    ["the size", (size: number) => size, { kind: "affine", factor: 1, offset: 0 }],
    ["a multiple and an offset", (size: number) => 12 * size - 3, { kind: "affine", factor: 12, offset: -3 }],
    ["a constant", () => 7, { kind: "affine", factor: 0, offset: 7 }],
  ])("finds %s, exactly", (_name, of, rule) => {
    expect(fitSizes(SIZES, values(of), true)).toEqual(rule);
    expect(
      fitSizes(
        SIZES,
        values((size) => Math.fround(of(size))),
        false,
      ),
    ).toEqual(rule);
  });

  it("finds a part of one, among floats only", () => {
    const parts = values((size) => Math.fround(1 / (4 * size)));
    const rule = fitSizes(SIZES, parts, false);
    expect(rule?.kind).toBe("reciprocal");
    expect(rule?.factor).toBeCloseTo(0.25, 7);
    expect(fitSizes(SIZES, parts, true)).toBeUndefined();
  });

  it.each([
    ["squares", (size: number) => size * size],
    ["another way for small batches", (size: number) => (size > 50 ? size : 0)],
    ["what is not a number", () => Number.NaN],
    ["whole halves", (size: number) => Math.floor(size / 2)],
    ["whole pairs", (size: number) => 2 * Math.floor(size / 2)],
    ["whole groups of four", (size: number) => 4 * Math.ceil(size / 4)],
  ])("refuses %s", (_name, of) => {
    expect(fitSizes(SIZES, values(of), true)).toBeUndefined();
    expect(fitSizes(SIZES, values(of), false)).toBeUndefined();
  });
});
