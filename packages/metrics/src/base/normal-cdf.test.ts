import { expect, it } from "vitest";
import { normalCdf } from "./normal-cdf.js";

/** From scipy.stats.norm.cdf. */
const KNOWN: readonly (readonly [number, number])[] = [
  [0, 0.5],
  [1, 0.841344746068543],
  [-1.96, 0.0249978951482205],
  [2.999, 0.998645595],
  [-3, 0.001349898031630095],
  [-3.001, 0.001345473],
  [-8, 6.22096057427178e-16],
  [-30, 4.906713927148187e-198],
];

it.each(KNOWN)("gives the probability of at most %d", (x, expected) => {
  expect(Math.abs(normalCdf(x) - expected)).toBeLessThanOrEqual(1e-6 * expected);
  expect(normalCdf(x) + normalCdf(-x)).toBeCloseTo(1, 14);
});

it("gives NaN for NaN, and the ends for infinities", () => {
  expect(normalCdf(Number.NaN)).toBeNaN();
  expect(normalCdf(Number.NEGATIVE_INFINITY)).toBe(0);
  expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1);
});
