import { expect, it } from "vitest";
import { differentLosses } from "./different-losses.js";

it("says at which step two peers part, NaN included", () => {
  expect(differentLosses([2, 1.5], [2.0001, 1.5001])).toBeUndefined();
  expect(differentLosses([2, 1.5], [2, 1.6])).toBe("its loss at step 1 is 1.6, another peer's is 1.5");
  expect(differentLosses([2], [Number.NaN])).toMatch(/step 0 is NaN/);
  expect(differentLosses([2], [2, 7])).toBeUndefined();
});
