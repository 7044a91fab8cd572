import { describe, expect, it } from "vitest";
import {
  flattenLoaders,
  isBatchSource,
  isLoaderList,
  lengthOf,
  openSource,
  rebuildTree,
  type LoaderTree,
} from "./loader-tree.js";

/** A loader that is no array. */
const loader = (...batches: unknown[]) => ({ [Symbol.iterator]: () => batches[Symbol.iterator]() });
const waiting = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }) };

describe("a source of batches", () => {
  it("is what can be iterated over, and no text, number or typed array", () => {
    expect([[1, 2], [], new Set([1]), loader(1), waiting].map(isBatchSource)).toEqual([true, true, true, true, true]);
    const none = ["text", 3, null, undefined, {}, new Float32Array(2), () => 1];
    expect(none.filter(isBatchSource)).toEqual([]);
  });

  it("has a length or is of unknown length", () => {
    expect([lengthOf([1, 2, 3]), lengthOf(loader(1)), lengthOf([])]).toEqual([3, Number.POSITIVE_INFINITY, 0]);
  });

  it("is opened as what it is", async () => {
    expect(openSource(loader(5)).next()).toEqual({ done: false, value: 5 });
    expect(await openSource(waiting).next()).toEqual({ done: true, value: undefined });
  });
});

describe("a list of loaders", () => {
  const [a, b] = [loader(1), loader(2)];

  it.each<[string, unknown, boolean]>([
    ["loaders", [a, b], true],
    ["objects of loaders", [{ a, b }, a], true],
    ["objects of lists of loaders", [{ pair: [a, b] }], true],
    ["nothing", [], false],
    ["batches", [[1, 2], [3]], false],
    ["numbers", [1, 2], false],
    ["maps", [new Map([["x", 1]])], false],
    ["sets", [new Set([1])], false],
    ["batches in objects", [{ x: [1, 2] }], false],
    ["empty objects", [{}], false],
    ["a loader and a batch", [a, [1]], false],
  ])("of %s", (_name, value, expected) => {
    expect(isLoaderList(value)).toBe(expected);
  });

  it("is no loader by itself", () => {
    expect([isLoaderList(a), isLoaderList({ a })]).toEqual([false, false]);
  });
});

describe("a tree of loaders", () => {
  const [a, b, c] = [loader(1), loader(2), loader(3)];
  const batches = [10, 20];

  it("is flattened in order, whatever its form, and batches in arrays are one source", () => {
    expect(flattenLoaders({ one: a, two: [b, { three: c }] })).toEqual([a, b, c]);
    expect(flattenLoaders(batches)).toEqual([batches]);
    expect(flattenLoaders({ batches, a })).toEqual([batches, a]);
  });

  it("is built again with other leaves", () => {
    expect(rebuildTree({ one: a, two: [b, { three: c }] }, [1, 2, 3])).toEqual({ one: 1, two: [2, { three: 3 }] });
    expect(rebuildTree(batches, ["x"])).toBe("x");
  });

  it.each([
    [{ a: 3 }, "3"],
    [{ a: "text" }, '"text"'],
    [{ a: { b: null } }, "null"],
  ])("of %o is refused", (tree, received) => {
    expect(() => flattenLoaders(tree as unknown as LoaderTree)).toThrow(
      expect.objectContaining({
        code: "LIT_DATALOADER",
        message: `This cannot be iterated over for batches. Expected loaders, or arrays and objects of them. Received ${received}.`,
      }),
    );
  });
});
