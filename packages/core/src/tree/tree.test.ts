import { tensor1d } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { resolveBackend } from "../backend/resolve-backend.js";
import { flattenTree, mapTree, tensorsIn } from "./tree.js";

beforeAll(async () => {
  await resolveBackend("cpu");
});

class Point {
  x = 1;
}

describe("mapTree", () => {
  it("keeps arrays, plain objects and Maps and replaces the leaves, which it names by path", () => {
    const paths: string[] = [];
    const mapped = mapTree({ a: [1, { b: 2 }], c: new Map([["d", 3]]) }, (leaf, path) => {
      paths.push(path.join("."));
      return Number(leaf) * 10;
    });
    expect(mapped).toEqual({ a: [10, { b: 20 }], c: new Map([["d", 30]]) });
    expect(paths).toEqual(["a.0", "a.1.b", "c.d"]);
  });

  it("treats typed arrays, class instances and Maps with other keys as leaves", () => {
    const leaves = [new Float32Array(2), new Point(), new Map([[1, 2]]), null, undefined];
    expect(flattenTree(leaves).map(({ value }) => value)).toEqual(leaves);
  });

  it("copies a key called __proto__ as data", () => {
    const mapped = mapTree(JSON.parse('{"__proto__": 1}'), (leaf) => leaf);
    expect(Object.keys(Object(mapped))).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(mapped)).toBe(Object.prototype);
  });
});

it("finds the tensors of a nested value in order", () => {
  const a = tensor1d([1]);
  const b = tensor1d([2]).variable();
  expect(tensorsIn({ loss: a, more: [1, "x", new Map([["b", b]])] })).toEqual([a, b]);
  a.dispose();
  b.dispose();
});
