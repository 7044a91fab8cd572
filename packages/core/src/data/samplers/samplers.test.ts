import { describe, expect, it } from "vitest";
import { randomState, seedEverything } from "../../random/global-random.js";
import { RandomStream } from "../../random/random-stream.js";
import { BatchSampler } from "./batch-sampler.js";
import { DistributedSampler } from "./distributed-sampler.js";
import { RandomSampler } from "./random-sampler.js";
import type { Sampler } from "./sampler.js";
import type { SeedOptions } from "./seeded-sampler.js";
import { SequentialSampler } from "./sequential-sampler.js";
import { SubsetRandomSampler } from "./subset-random-sampler.js";
import { WeightedRandomSampler } from "./weighted-random-sampler.js";

const list = (sampler: Sampler) => [...sampler.indices()];
const sized = (length: number) => ({ length });
const sorted = (values: number[]) => [...values].sort((a, b) => a - b);

it("visits all items in order with SequentialSampler", () =>
  expect(list(new SequentialSampler(sized(3)))).toEqual([0, 1, 2]));

describe("RandomSampler", () => {
  it("visits every item once, in an order of its seed and epoch", () => {
    const sampler = new RandomSampler(sized(10), { seed: 1 });
    const first = list(sampler);
    expect(sorted(first)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(list(sampler)).toEqual(first);
    sampler.setEpoch(1);
    expect(list(sampler)).not.toEqual(first);
    const restored = new RandomSampler(sized(10));
    restored.restore(JSON.parse(JSON.stringify(sampler.state())));
    expect(list(restored)).toEqual(list(sampler));
  });

  it("draws more or fewer than all items, with or without replacement", () => {
    const twice = list(new RandomSampler(sized(4), { numSamples: 6, seed: 1 }));
    expect(sorted(twice.slice(0, 4))).toEqual([0, 1, 2, 3]);
    expect(twice).toHaveLength(6);
    const drawn = list(new RandomSampler(sized(2), { numSamples: 50, replacement: true, seed: 1 }));
    expect(new Set(drawn)).toEqual(new Set([0, 1]));
    expect(drawn).toHaveLength(50);
    expect(list(new RandomSampler(sized(0), { seed: 1 }))).toEqual([]);
  });

  it("draws its seed from the shuffle stream when it first needs it, not when its state is asked for", () => {
    seedEverything(1);
    const sampler = new RandomSampler(sized(10));
    const before = randomState();
    sampler.restore(sampler.state());
    expect(randomState()).toEqual(before);
    const order = list(sampler);
    seedEverything(1);
    expect(list(new RandomSampler(sized(10)))).toEqual(order);
  });

  it("refuses bad options and states", () => {
    expect(() => new RandomSampler(sized(3), { numSamples: 0 })).toThrow("positive integer");
    expect(() => new RandomSampler(sized(3)).restore({ version: 3 })).toThrow("Expected version 1");
  });
});

describe("SubsetRandomSampler", () => {
  it("visits its indices once, in an order of its seed and epoch, and goes on from a state", () => {
    const subset = [3, 30, 7, 8, 50, 1];
    const sampler = new SubsetRandomSampler(subset, { seed: 2 });
    const first = list(sampler);
    expect(sampler.length).toBe(6);
    expect(sorted(first)).toEqual(sorted(subset));
    expect(list(sampler)).toEqual(first);
    sampler.setEpoch(1);
    expect(list(sampler)).not.toEqual(first);
    const restored = new SubsetRandomSampler(subset);
    restored.restore(JSON.parse(JSON.stringify(sampler.state())));
    expect(list(restored)).toEqual(list(sampler));
    expect(list(new SubsetRandomSampler([]))).toEqual([]);
  });
});

describe("a generator", () => {
  const make = {
    RandomSampler: (options: SeedOptions) => new RandomSampler(sized(20), options),
    WeightedRandomSampler: (options: SeedOptions) => new WeightedRandomSampler([1, 2, 3], 20, options),
    SubsetRandomSampler: (options: SeedOptions) => new SubsetRandomSampler([...Array(20).keys()], options),
  };

  it.each(Object.entries(make))("decides the order of a %s, and no other stream does", (name, sampler) => {
    const generator = () => RandomStream.fromSeed(5);
    seedEverything(1);
    const before = randomState();
    const order = list(sampler({ generator: generator() }));
    expect(randomState()).toEqual(before);
    expect(list(sampler({ generator: generator() }))).toEqual(order);
    const shared = generator();
    expect(list(sampler({ generator: shared }))).toEqual(order);
    expect(list(sampler({ generator: shared }))).not.toEqual(order);
    const restored = sampler({ generator: RandomStream.fromSeed(6) });
    const drawn = sampler({ generator: generator() });
    list(drawn);
    restored.restore(drawn.state());
    expect(list(restored)).toEqual(order);
    expect(() => sampler({ seed: 1, generator: generator() })).toThrow(
      `${name}: seed and generator exclude each other`,
    );
    expect(() => sampler({ generator: 5 as never })).toThrow(/a RandomStream, such as.*Received/s);
  });
});

describe("WeightedRandomSampler", () => {
  it("draws in proportion to the weights and never an item of weight 0", () => {
    const drawn = list(new WeightedRandomSampler([1, 0, 3], 4_000, { seed: 1 }));
    const counts = [0, 1, 2].map((item) => drawn.filter((index) => index === item).length);
    expect(counts[1]).toBe(0);
    expect((counts[2] ?? 0) / (counts[0] ?? 1)).toBeGreaterThan(2.6);
    expect((counts[2] ?? 0) / (counts[0] ?? 1)).toBeLessThan(3.4);
  });

  it("draws without replacement, heavy items first on average", () => {
    const sampler = new WeightedRandomSampler([1, 0, 100], 2, { replacement: false, seed: 1 });
    let heavyFirst = 0;
    for (let epoch = 0; epoch < 50; epoch += 1) {
      sampler.setEpoch(epoch);
      const order = list(sampler);
      expect(sorted(order)).toEqual([0, 2]);
      if (order[0] === 2) heavyFirst += 1;
    }
    expect(heavyFirst).toBeGreaterThan(40);
  });

  it.each([
    [[], 1, true],
    [[0, 0], 1, true],
    [[1, -1], 1, true],
    [[1, Number.NaN], 1, true],
    [[1], 0, true],
    [[1, 0], 2, false],
  ])("refuses weights %j for %i samples, replacement %s", (weights, numSamples, replacement) => {
    expect(() => new WeightedRandomSampler(weights, numSamples, { replacement })).toThrow(
      "cannot draw from these weights",
    );
  });
});

it("groups a sampler's indices with BatchSampler", () => {
  const sampler = new SequentialSampler(sized(5));
  expect([...new BatchSampler(sampler, { batchSize: 2 }).batches()]).toEqual([[0, 1], [2, 3], [4]]);
  expect([...new BatchSampler(sampler, { batchSize: 2, dropLast: true }).batches()]).toEqual([
    [0, 1],
    [2, 3],
  ]);
  expect(() => new BatchSampler(sampler, { batchSize: 0 })).toThrow("positive integer");
});

describe("DistributedSampler", () => {
  const shares = (length: number, numReplicas: number, options: { dropLast?: boolean; shuffle?: boolean }) =>
    Array.from({ length: numReplicas }, (_, rank) =>
      list(new DistributedSampler(sized(length), { numReplicas, rank, ...options })),
    );

  // Recorded from torch.utils.data.DistributedSampler(range(n), num_replicas=r, rank=…, shuffle=False, drop_last=…).
  it.each([
    [
      5,
      2,
      false,
      [
        [0, 2, 4],
        [1, 3, 0],
      ],
    ],
    [
      5,
      2,
      true,
      [
        [0, 2],
        [1, 3],
      ],
    ],
    [2, 5, false, [[0], [1], [0], [1], [0]]],
    [
      6,
      3,
      false,
      [
        [0, 3],
        [1, 4],
        [2, 5],
      ],
    ],
    [
      7,
      3,
      true,
      [
        [0, 3],
        [1, 4],
        [2, 5],
      ],
    ],
    [2, 5, true, [[], [], [], [], []]],
  ])("shares %i items among %i processes as torch does (dropLast %s)", (length, replicas, dropLast, expected) => {
    expect(shares(length, replicas, { shuffle: false, dropLast })).toEqual(expected);
  });

  it("shuffles all shares alike, so that together they hold every item", () => {
    const all = shares(9, 3, {});
    expect(sorted(all.flat())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const sampler = new DistributedSampler(sized(9), { numReplicas: 3, rank: 0 });
    sampler.setEpoch(1);
    expect(list(sampler)).not.toEqual(all[0]);
  });

  it("refuses a rank that is not there", () => {
    expect(() => new DistributedSampler(sized(3), { numReplicas: 2, rank: 2 })).toThrow(
      "Received numReplicas 2, rank 2",
    );
  });
});
