import { expect, it } from "vitest";
import { tensorScope, tf } from "../index.js";
import { describeValue } from "./describe-value.js";

it.each<[string, unknown, string]>([
  ["NaN", Number.NaN, "NaN"],
  ["-0", -0, "0"],
  ["a big integer", 3n, "3n"],
  ["a string", "x", '"x"'],
  ["a long string", "x".repeat(100), `"${"x".repeat(80)}…"`],
  ["undefined", undefined, "undefined"],
  ["null", null, "null"],
  ["a symbol", Symbol("s"), "Symbol(s)"],
  ["a nested object", { a: { b: { c: 1 } } }, "{ a: { b: { … } } }"],
  ["a nested list", [[1, [2, [3]]]].flat(), "[1, [2, […]]]"],
  ["a long list", Array.from({ length: 1000 }, (_, i) => i), "[0, 1, 2, 3, 4, 5, 6, 7, …]"],
  ["an object without a prototype", Object.create(null), "{}"],
  ["an object whose prototype has none", Object.create(Object.create(null)), "an instance of a class without a name"],
  ["an object that hides its class", Object.assign(new Map(), { constructor: "x" }), "an instance of Map"],
  ["a host tensor", tf.buffer([2, 3]), "a TensorBuffer of shape [2, 3] on the host"],
  ["a typed array", new Float32Array(3), "a Float32Array of length 3"],
  ["integers", new Int32Array(3), "an Int32Array of length 3"],
  ["a promise", Promise.resolve(), "a promise"],
  ["a class instance", new Map(), "an instance of Map"],
  ["a function", function parameters() {}, "the function parameters"],
  ["a function without a name", () => undefined, "the function (without a name)"],
])("says %s in a few words", (_, value, text) => {
  expect(describeValue(value)).toBe(text);
});

it("names a tensor by its shape", () => {
  using _scope = tensorScope();
  expect(describeValue(tf.tensor([1, 2, 3]))).toBe("a tensor of shape [3]");
});

it("ends where an object holds itself", () => {
  const loop: Record<string, unknown> = {};
  loop["self"] = loop;
  expect(describeValue(loop)).toBe("{ self: { self: { … } } }");
});
