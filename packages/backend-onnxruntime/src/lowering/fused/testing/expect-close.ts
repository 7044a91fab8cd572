import { expect } from "vitest";
import type { NdArray } from "./nd-array.js";

/** float32 sums of up to a few hundred terms of size 1, added in another order than the reference's. */
export const SUM_TOLERANCE = 2e-5;

export function expectClose(received: NdArray | undefined, expected: NdArray, tolerance = SUM_TOLERANCE): void {
  expect(received?.shape).toEqual(expected.shape);
  if (received === undefined) return;
  expected.data.forEach((wanted, i) => {
    const found = received.data[i] ?? Number.NaN;
    if (Object.is(found, wanted) || Math.abs(found - wanted) <= tolerance * Math.max(1, Math.abs(wanted))) return;
    expect.fail(`element ${i} of [${expected.shape.join(", ")}] is ${found} instead of ${wanted}`);
  });
}
