import { afterEach, expect, it } from "vitest";
import { deepenStacks } from "./deep-stacks.js";

const LIMIT = { value: Error.stackTraceLimit, writable: true, enumerable: true, configurable: true };

afterEach(() => void Object.defineProperty(Error, "stackTraceLimit", LIMIT));

it("deepens stacks while a run is under way", () => {
  Error.stackTraceLimit = 10;
  const [first, second] = [deepenStacks(), deepenStacks()];
  first();
  first();
  expect(Error.stackTraceLimit).toBe(40);
  second();
  expect(Error.stackTraceLimit).toBe(10);
});

it("leaves the limit where Node's --frozen-intrinsics does not let it change", () => {
  Object.defineProperty(Error, "stackTraceLimit", { ...LIMIT, value: 10, writable: false });
  deepenStacks()();
  expect(Error.stackTraceLimit).toBe(10);
});
