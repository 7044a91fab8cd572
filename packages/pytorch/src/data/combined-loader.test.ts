import { ArrayDataset, DataLoader, type tf } from "@lightning-ts/core";
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

  it("says what it knows, and what it does not take", () => {
    const refusal = (make: () => unknown) => {
      try {
        return make();
      } catch (error) {
        return error instanceof Error ? error.message : error;
      }
    };
    expect(refusal(() => new CombinedLoader([], { mode: "shortest" as CombineMode }))).toBe(
      'CombinedLoader does not know this mode. Expected "min_size", "max_size_cycle", "max_size", "sequential". Received "shortest".',
    );
    expect(refusal(() => new CombinedLoader([], { modus: 1 } as object))).toMatch(
      /^CombinedLoader has no option "modus"\. Expected one of mode\./,
    );
    const loader = new CombinedLoader([endless(1), endless(1)]);
    expect(refusal(() => (loader.limits = [1, 2, 3]))).toBe(
      "CombinedLoader needs one limit for each loader. Expected 2 limits. Received 3.",
    );
    expect([loader.mode, loader.limits]).toEqual(["min_size", undefined]);
    loader.limits = [1, 2];
    loader.limits = undefined;
    expect(loader.limits).toBeUndefined();
    expect(new CombinedLoader([endless(1)], "max_size").mode).toBe("max_size");
  });

  it("is as long as its mode says, and empty without loaders", async () => {
    const loaders = { a: [1, 2, 3], b: [4] };
    expect(new CombinedLoader(loaders, "min_size").length).toBe(1);
    expect(new CombinedLoader({ a: [1, 2, 3], b: endless(2) }, "max_size").lengths).toEqual([
      3,
      Number.POSITIVE_INFINITY,
    ]);
    expect(new CombinedLoader({}).length).toBe(0);
  });

  it("keeps to its limits in every mode, and reads nothing beyond them", async () => {
    const together = new CombinedLoader([endless(9), endless(9)], "max_size_cycle");
    together.limits = [1, 3];
    expect(await items(together)).toEqual([
      [[0, 0], 0, 0],
      [[0, 1], 1, 0],
      [[0, 2], 2, 0],
    ]);
    const inSequence = new CombinedLoader([endless(9), endless(9)], "sequential");
    inSequence.limits = [0, 1];
    expect(await items(inSequence)).toEqual([[0, 0, 1]]);
  });

  it("gives undefined where a loader that starts again is empty, and ends with the others", async () => {
    expect(await items(new CombinedLoader({ a: [1, 2], b: [] }, "max_size_cycle"))).toEqual([
      [{ a: 1, b: undefined }, 0, 0],
      [{ a: 2, b: undefined }, 1, 0],
    ]);
  });

  it("closes its loaders, at the end, after a break, and before one starts again", async () => {
    const closed: string[] = [];
    const closing = (name: string, count: number) => ({
      async *[Symbol.asyncIterator]() {
        try {
          for (let i = 0; i < count; i += 1) yield i;
        } finally {
          closed.push(name);
        }
      },
    });
    for await (const item of new CombinedLoader([closing("a", 3), closing("b", 3)])) {
      expect(item).toEqual([[0, 0], 0, 0]);
      break;
    }
    expect(closed).toEqual(["a", "b"]);
    closed.length = 0;
    await items(new CombinedLoader([closing("short", 1), closing("long", 2)], "max_size_cycle"));
    expect(closed.filter((name) => name === "short")).toHaveLength(3);
  });

  it.each<[CombineMode, number, unknown[]]>([
    ["min_size", 1, [[{ a: 2, b: "y" }, 1, 0]]],
    ["max_size", 2, [[{ a: 3, b: undefined }, 2, 0]]],
    ["max_size_cycle", 2, [[{ a: 3, b: "x" }, 2, 0]]],
    [
      "max_size_cycle",
      0,
      [
        [{ a: 1, b: "x" }, 0, 0],
        [{ a: 2, b: "y" }, 1, 0],
        [{ a: 3, b: "x" }, 2, 0],
      ],
    ],
  ])("goes on in the middle, with mode %s from batch %i", async (mode, start, expected) => {
    const loader = new CombinedLoader({ a: [1, 2, 3], b: ["x", "y"] }, { mode });
    const found: unknown[] = [];
    for await (const item of loader.from(start, new Set())) found.push(item);
    expect(found).toEqual(expected);
  });

  it("goes on with loaders that stand there already, in whichever round", async () => {
    const standing = (values: readonly unknown[], at: number) => {
      let isFirst = true;
      return {
        length: values.length,
        *[Symbol.iterator]() {
          const from = isFirst ? at : 0;
          isFirst = false;
          yield* values.slice(from);
        },
      };
    };
    const [a, b] = [standing([1, 2, 3, 4, 5], 3), standing(["x", "y"], 1)];
    const loader = new CombinedLoader({ a, b }, "max_size_cycle");
    const found: unknown[] = [];
    for await (const item of loader.from(3, new Set([a, b]))) found.push(item);
    expect(found).toEqual([
      [{ a: 4, b: "y" }, 3, 0],
      [{ a: 5, b: "x" }, 4, 0],
    ]);
  });
});

describe("the state of a combined loader", () => {
  const loaders = () => [4, 6].map((length) => new DataLoader(new ArrayDataset([...Array(length).keys()])));
  const firstValues = async (combined: CombinedLoader) => {
    for await (const [batch] of combined)
      return (batch as tf.TensorBuffer<tf.Rank.R1>[]).map(({ values }) => [...values]);
    return undefined;
  };

  it("is that of each loader, under both names, and brings the next batch", async () => {
    const combined = new CombinedLoader(loaders());
    for await (const [, batchIdx] of combined) if (batchIdx === 1) break;
    const states = combined.stateDict();
    expect(states).toEqual(combined.state());
    const other = new CombinedLoader(loaders());
    other.loadStateDict(states);
    expect(await firstValues(other)).toEqual([[2], [2]]);
    other.restore(states);
    expect(await firstValues(other)).toEqual([[2], [2]]);
    expect(new CombinedLoader({ plain: [1, 2] }).state()).toEqual([null]);
    expect(() => other.restore([])).toThrow(/2 states/);
  });

  it("lets go of what its loaders hold when it is reset", async () => {
    const closed: string[] = [];
    async function* stream(name: string) {
      try {
        for (;;) yield await Promise.resolve(name);
      } finally {
        closed.push(name);
      }
    }
    const combined = new CombinedLoader({ a: stream("a"), b: stream("b") });
    const seen: unknown[] = [];
    for await (const [batch] of combined) {
      seen.push(batch);
      if (seen.length === 2) await combined.reset();
    }
    expect(seen).toHaveLength(2);
    expect(closed).toEqual(["a", "b"]);
    await combined.reset();
  });
});
