import { describe, expect, it } from "vitest";
import { isOutOfMemory } from "./is-out-of-memory.js";
import { MemoryForecast } from "./memory-forecast.js";
import { searchBatchSize, type BatchSizeSearch } from "./search-batch-size.js";

/** What is tried, where so many items fit and the data set holds so many. */
async function search(options: Partial<BatchSizeSearch>, fits: number, items = Number.POSITIVE_INFINITY) {
  const tried: number[] = [];
  const said: string[] = [];
  const found = await searchBatchSize({
    mode: "power",
    initVal: 2,
    maxVal: 8192,
    maxTrials: 25,
    onNext: (size, outcome, next) => void said.push(`${size} ${outcome} ${next}`),
    attempt: async (size) => {
      tried.push(size);
      return size > fits ? "too large" : size >= items ? "whole dataset" : "fits";
    },
    ...options,
  });
  expect(said.map((line) => line.split(" ").at(-1))).toEqual(tried.slice(1).map(String));
  return { tried, found };
}

describe("the search for a batch size", () => {
  it("doubles until a size is too large", async () => {
    expect(await search({}, 20)).toEqual({ tried: [2, 4, 8, 16, 32], found: 16 });
  });
  it("looks between the last two sizes where that is wanted", async () => {
    expect(await search({ mode: "binsearch" }, 20)).toEqual({ tried: [2, 4, 8, 16, 32, 24, 20, 22, 21], found: 20 });
  });
  it("halves where the first size is too large, down to one item", async () => {
    expect(await search({ initVal: 64 }, 10)).toEqual({ tried: [64, 32, 16, 8], found: 8 });
    expect(await search({ initVal: 8 }, 0)).toEqual({ tried: [8, 4, 2, 1], found: undefined });
  });
  it("ends at the largest size, the whole data set, or the last trial", async () => {
    expect(await search({ maxVal: 10 }, 1000)).toEqual({ tried: [2, 4, 8, 10], found: 10 });
    expect(await search({}, 1000, 12)).toEqual({ tried: [2, 4, 8, 16], found: 16 });
    expect(await search({ maxTrials: 3 }, 1000)).toEqual({ tried: [2, 4, 8], found: 8 });
  });
});

describe("the forecast of memory", () => {
  it("allows what it knows nothing of, and then what an even growth leaves room for", () => {
    const forecast = new MemoryForecast(1000);
    expect([forecast.allows(2), forecast.expect(4)]).toEqual([true, undefined]);
    forecast.add(2, 200);
    expect(forecast.allows(1000)).toBe(true);
    forecast.add(4, 300);
    expect([forecast.expect(8), forecast.allows(18), forecast.allows(19)]).toEqual([500, true, false]);
  });
  it("does not expect less for more, and allows nothing beyond the limit", () => {
    const forecast = new MemoryForecast(1000);
    forecast.add(2, 500);
    forecast.add(4, 400);
    expect(forecast.expect(400)).toBe(400);
    forecast.add(8, 1100);
    expect(forecast.allows(9)).toBe(false);
  });
});

it("an end of memory is known by its words, in causes too", () => {
  expect(isOutOfMemory(new RangeError("Array buffer allocation failed"))).toBe(true);
  expect(isOutOfMemory(new Error("a step failed", { cause: new Error("std::bad_alloc") }))).toBe(true);
  expect(isOutOfMemory(new Error("a step failed"))).toBe(false);
  expect(isOutOfMemory("out of memory")).toBe(false);
});
