import { expect, it } from "vitest";
import { areKnownToExist } from "./known-indices.js";

it.each([
  ["all in range", [0, 3, 1], true],
  ["a negative one", [0, -1], false],
  ["one beyond", [4, 0], false],
  ["the ignored one", [-100, 2], true],
  ["none", [], true],
])("indices that the host has written need no check in the graph unless one is wrong: %s", (_, indices, expected) => {
  expect(areKnownToExist(indices, { count: 4, ignored: -100 })).toBe(expected);
});

it("indices that a graph computes, and very many of them, are left to the graph", () => {
  expect(areKnownToExist(undefined, { count: 4 })).toBe(false);
  expect(areKnownToExist(new Int32Array(1_000_000), { count: 4 })).toBe(false);
});
