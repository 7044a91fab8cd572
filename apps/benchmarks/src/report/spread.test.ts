import { expect, it } from "vitest";
import { spreadOf } from "./spread.js";

it("interpolates quartiles between the nearest values", () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({
    min: 1,
    lowerQuartile: 1.75,
    median: 2.5,
    upperQuartile: 3.25,
    max: 4,
    count: 4,
  });
});

it("is the same number five times for one value", () => {
  expect(spreadOf([7])).toEqual({ min: 7, lowerQuartile: 7, median: 7, upperQuartile: 7, max: 7, count: 1 });
});
