import { expect, it } from "vitest";
import { readClipping } from "./clipping.js";

it("reads clipping as arguments and by name", () => {
  const both = { gradientClipVal: 0.5, gradientClipAlgorithm: "value" };
  expect(readClipping(0.5, "value")).toEqual(both);
  expect(readClipping(both, undefined)).toEqual(both);
  expect(readClipping({ gradientClipVal: 0.5 }, "value")).toEqual(both);
  expect(readClipping(undefined, undefined)).toEqual({});
  expect(readClipping({}, undefined)).toEqual({});
  expect(readClipping(Number.POSITIVE_INFINITY, undefined)).toEqual({ gradientClipVal: Number.POSITIVE_INFINITY });
});

it.each([
  [[{ clipVal: 1 }, undefined], 'clipGradients has no option "clipVal".'],
  [["1", undefined], "clipGradients(): gradientClipVal is not usable. Expected a number, or { gradientClipVal,"],
  [[Number.NaN, undefined], "Received NaN"],
  [[null, undefined], "Received null"],
  [[1, "l2"], 'clipGradients(): gradientClipAlgorithm is not usable. Expected "norm" or "value". Received "l2".'],
  [[{ gradientClipAlgorithm: "l2" }, undefined], 'Received "l2".'],
] as const)("refuses %j", ([first, second], words) => {
  expect(() => readClipping(first, second)).toThrow(words);
});
