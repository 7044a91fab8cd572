import { describe, expect, it } from "vitest";
import { CombinedLoader, type CombineMode } from "./combined-loader.js";

async function items(loader: CombinedLoader): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const item of loader) found.push(item);
  return found;
}

async function* stream(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i += 1) yield i;
}
const endless = (count: number): AsyncIterable<number> => ({ [Symbol.asyncIterator]: () => stream(count) });

describe("a combined loader", () => {
  it.each<[CombineMode, unknown[], number]>([
    [
      "min_size",
      [
        [{ a: 1, b: "x" }, 0, 0],
        [{ a: 2, b: "y" }, 1, 0],
      ],
      2,
    ],
    [
      "max_size",
      [
        [{ a: 1, b: "x" }, 0, 0],
        [{ a: 2, b: "y" }, 1, 0],
        [{ a: 3, b: undefined }, 2, 0],
      ],
      3,
    ],
    [
      "max_size_cycle",
      [
        [{ a: 1, b: "x" }, 0, 0],
        [{ a: 2, b: "y" }, 1, 0],
        [{ a: 3, b: "x" }, 2, 0],
      ],
      3,
    ],
    [
      "sequential",
      [
        [1, 0, 0],
        [2, 1, 0],
        [3, 2, 0],
        ["x", 0, 1],
        ["y", 1, 1],
      ],
      5,
    ],
  ])("with mode %s", async (mode, expected, length) => {
    const loader = new CombinedLoader({ a: [1, 2, 3], b: ["x", "y"] }, { mode });
    expect(loader.length).toBe(length);
    expect(await items(loader)).toEqual(expected);
  });

  it("keeps to its limits", async () => {
    const loader = new CombinedLoader([endless(9), endless(9)], { mode: "sequential" });
    expect(loader.length).toBe(Number.POSITIVE_INFINITY);
    loader.limits = [1, 2];
    expect(loader.length).toBe(3);
    expect(await items(loader)).toEqual([
      [0, 0, 0],
      [0, 0, 1],
      [1, 1, 1],
    ]);
    expect(() => (loader.limits = [1])).toThrow(/2 limits/);
  });

  it("takes nested structures and gives batches of their form", async () => {
    const loader = new CombinedLoader({ pair: [endless(2), endless(1)], single: endless(2) });
    expect(await items(loader)).toEqual([[{ pair: [0, 0], single: 0 }, 0, 0]]);
  });

  it("refuses modes and loaders that are none", () => {
    expect(() => new CombinedLoader([], { mode: "shortest" as CombineMode })).toThrow(/"min_size", "max_size_cycle"/);
    expect(() => new CombinedLoader({ a: 3 as never })).toThrow(/cannot be iterated over.*Received 3/);
  });
});
