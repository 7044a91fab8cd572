import { expect, it } from "vitest";
import { repeatedRuns } from "./repeated-runs.js";

const runs = (text: string) => repeatedRuns(Int32Array.from(text, (letter) => letter.charCodeAt(0)));

it("finds every stretch that repeats itself, with whole steps only", () => {
  expect(runs("xy" + "abcde".repeat(4) + "ab" + "z" + "fgh".repeat(6))).toEqual([
    { start: 2, period: 5, count: 4 },
    { start: 25, period: 3, count: 6 },
  ]);
});

it("takes the period that covers most, and passes over what is short", () => {
  const step = "ab" + "c".repeat(4);
  expect(runs(step.repeat(5))).toEqual([{ start: 0, period: 6, count: 5 }]);
  expect(runs("ababab" + "xyz")).toEqual([]);
});
