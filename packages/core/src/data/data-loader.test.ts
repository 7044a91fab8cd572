import { describe, expect, it } from "vitest";
import { seedEverything } from "../random/global-random.js";
import { RandomStream } from "../random/random-stream.js";
import { DataLoader, type DataLoaderState } from "./data-loader.js";
import type { Dataset } from "./dataset.js";
import { DatasetError } from "./dataset-error.js";
import { BatchSampler } from "./samplers/batch-sampler.js";
import { RandomSampler } from "./samplers/random-sampler.js";
import { SequentialSampler } from "./samplers/sequential-sampler.js";

const numbers = (length: number) => Array.from({ length }, (_, i) => i);
const asList = (items: number[]) => items;

async function take<TBatch>(source: AsyncIterable<TBatch>, count = Number.POSITIVE_INFINITY): Promise<TBatch[]> {
  const batches: TBatch[] = [];
  for await (const batch of source) {
    batches.push(batch);
    if (batches.length === count) break;
  }
  return batches;
}

class Counting implements Dataset<number> {
  readonly length = 10;
  readonly fetched: number[] = [];
  inFlight = 0;
  mostInFlight = 0;

  async get(index: number): Promise<number> {
    this.fetched.push(index);
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.inFlight -= 1;
    return index;
  }
}

describe("DataLoader", () => {
  it("batches in order, with a smaller last batch unless it is dropped", async () => {
    const loader = new DataLoader(numbers(5), { batchSize: 2, collate: asList });
    expect(await take(loader)).toEqual([[0, 1], [2, 3], [4]]);
    expect(loader.length).toBe(3);
    const dropping = new DataLoader(numbers(5), { batchSize: 2, dropLast: true, collate: asList });
    expect(await take(dropping)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(dropping.length).toBe(2);
  });

  it("collates items by default", async () => {
    const [batch] = await take(
      new DataLoader(
        [
          [1, "a"],
          [2, "b"],
        ] satisfies [number, string][],
        { batchSize: 2 },
      ),
    );
    expect([...(batch?.[0].values ?? [])]).toEqual([1, 2]);
    expect(batch?.[1]).toEqual(["a", "b"]);
  });

  it("shuffles every epoch differently and repeats the same order for the same seed and epoch", async () => {
    const make = () => new DataLoader(numbers(20), { shuffle: true, collate: ([item]) => item });
    seedEverything(3);
    const loader = make();
    const first = await take(loader);
    const second = await take(loader);
    expect([...first].sort((a, b) => Number(a) - Number(b))).toEqual(numbers(20));
    expect(second).not.toEqual(first);
    seedEverything(3);
    const again = make();
    again.setEpoch(1);
    expect(await take(again)).toEqual(second);
    again.setEpoch(0);
    expect(await take(again)).toEqual(first);
  });

  it("takes its order from its own seed when one is given", async () => {
    const orders = await Promise.all(
      [1, 2].map((seed) => {
        seedEverything(seed);
        return take(new DataLoader(numbers(20), { shuffle: true, seed: 9, collate: asList }));
      }),
    );
    expect(orders[0]).toEqual(orders[1]);
  });

  it.each([0, 1, 3])(
    "resumes in the middle of an epoch with the same next batch and loads nothing before it (prefetch %i)",
    async (prefetch) => {
      const options = { batchSize: 2, shuffle: true, prefetch, collate: asList };
      const whole = new DataLoader(new Counting(), { ...options, seed: 4 });
      await take(whole);
      let state: DataLoaderState | undefined;
      const rest: number[][] = [];
      for await (const batch of whole) {
        if (state !== undefined) rest.push(batch);
        else if (whole.state().position === 2) state = JSON.parse(JSON.stringify(whole.state()));
      }
      const nextEpoch = await take(whole);

      const dataset = new Counting();
      const resumed = new DataLoader(dataset, options);
      if (state !== undefined) resumed.restore(state);
      expect(resumed.state().position).toBe(2);
      expect(await take(resumed)).toEqual(rest);
      expect([...dataset.fetched].sort((a, b) => a - b)).toEqual(rest.flat().sort((a, b) => a - b));
      expect(await take(resumed)).toEqual(nextEpoch);
    },
  );

  it("keeps a restored position when setEpoch names the same epoch and drops it for another one", async () => {
    const make = () => {
      const loader = new DataLoader(numbers(4), { collate: ([item]) => item });
      loader.restore({ version: 1, epoch: 2, position: 3 });
      return loader;
    };
    const same = make();
    same.setEpoch(2);
    expect(await take(same)).toEqual([3]);
    const next = make();
    next.setEpoch(3);
    expect(await take(next)).toEqual([0, 1, 2, 3]);
  });

  it("has nothing left of an epoch whose last batch was handed out", async () => {
    const loader = new DataLoader(numbers(2));
    loader.restore({ version: 1, epoch: 0, position: 2 });
    expect(await take(loader)).toEqual([]);
    expect(loader.state()).toMatchObject({ epoch: 1, position: 0 });
  });

  it("begins a new epoch after a break, though the state still tells where it broke off", async () => {
    const loader = new DataLoader(numbers(4), { collate: ([item]) => item });
    expect(await take(loader, 2)).toEqual([0, 1]);
    expect(loader.state()).toMatchObject({ epoch: 0, position: 2 });
    expect(await take(loader)).toEqual([0, 1, 2, 3]);
    expect(loader.state()).toMatchObject({ epoch: 2, position: 0 });
  });

  it("refuses a state of another version", () => {
    expect(() => new DataLoader([1]).restore(JSON.parse('{"version":2,"epoch":0,"position":0}'))).toThrow(
      "Expected version 1",
    );
  });

  it("lets at most `concurrency` items of a batch wait at a time, and keeps their order", async () => {
    const dataset = new Counting();
    const [batch] = await take(new DataLoader(dataset, { batchSize: 10, concurrency: 3, collate: asList }));
    expect(batch).toEqual(numbers(10));
    expect(dataset.mostInFlight).toBe(3);
  });

  it("reads ahead as many batches as `prefetch` says", async () => {
    const dataset = new Counting();
    const iterator = new DataLoader(dataset, { prefetch: 2 })[Symbol.asyncIterator]();
    await iterator.next();
    expect(dataset.fetched).toEqual([0, 1, 2]);
    await iterator.return();
  });

  it("reports what `get` throws at that batch's turn, with the index and the cause", async () => {
    const cause = new TypeError("no such file");
    const failing = (isAsync: boolean): Dataset<number> => ({
      length: 4,
      get: (index) => {
        if (index !== 2) return isAsync ? Promise.resolve(index) : index;
        if (isAsync) return Promise.reject(cause);
        throw cause;
      },
    });
    for (const isAsync of [false, true]) {
      const seen: unknown[] = [];
      const run = async () => {
        for await (const batch of new DataLoader(failing(isAsync), { prefetch: 3 })) seen.push(batch);
      };
      await expect(run()).rejects.toMatchObject({
        message: "The dataset failed at index 2. TypeError: no such file",
        index: 2,
        cause,
      });
      expect(seen).toHaveLength(2);
    }
  });

  it("names the indices of a batch that cannot be collated", async () => {
    const loader = new DataLoader([new Float32Array(2), new Float32Array(3)], { batchSize: 2 });
    await expect(take(loader)).rejects.toThrow(
      "The batch of the indices 0, 1 could not be made. Item 1 of the batch does not fit to the others. Expected float32 [2] like item 0. Received float32 [3].",
    );
  });

  it("does not end an epoch silently when the sampler ends early or asks for an item that is not there", async () => {
    const short = { length: 3, indices: () => [0, 1] };
    await expect(take(new DataLoader(numbers(3), { sampler: short }))).rejects.toThrow(
      "The sampler ended before its epoch did. Expected 3 batches",
    );
    const wild = { length: 1, indices: () => [7] };
    await expect(take(new DataLoader(numbers(3), { sampler: wild }))).rejects.toBeInstanceOf(DatasetError);
  });

  it("copies itself with another sampler", async () => {
    const loader = new DataLoader(numbers(4), { batchSize: 2, shuffle: true, collate: asList });
    const copy = loader.withSampler(new SequentialSampler(loader.dataset.length === undefined ? [] : numbers(4)));
    expect(await take(copy)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(copy.batchSize).toBe(2);
    expect(loader.sampler).toBeInstanceOf(RandomSampler);
    expect(copy.sampler).toBeInstanceOf(SequentialSampler);
    const shuffled = copy.withOptions({ shuffle: true, batchSize: 3 });
    expect(shuffled.sampler).toBeInstanceOf(RandomSampler);
    expect(shuffled.length).toBe(2);
  });

  it("rebuilds a BatchSampler around another sampler, but not a batch sampler of the user", async () => {
    const batched = new DataLoader(numbers(4), {
      batchSampler: new BatchSampler(new RandomSampler(numbers(4)), { batchSize: 3, dropLast: true }),
      collate: asList,
    });
    expect(await take(batched.withSampler(new SequentialSampler(numbers(4))))).toEqual([[0, 1, 2]]);
    const own = new DataLoader(numbers(4), { batchSampler: { length: 1, batches: () => [[3, 1]] }, collate: asList });
    expect(await take(own)).toEqual([[3, 1]]);
    expect(own.sampler).toBeUndefined();
    expect(() => own.withSampler(new SequentialSampler(numbers(4)))).toThrow("cannot take another sampler");
    expect(await take(batched.withOptions({ batchSampler: { length: 1, batches: () => [[2]] } }))).toEqual([[2]]);
  });

  it.each([
    [{ batchSize: 0 }, "batchSize"],
    [{ batchSize: Number.NaN }, "batchSize"],
    [{ prefetch: -1 }, "prefetch"],
    [{ concurrency: 0.5 }, "concurrency"],
    [{ shuffle: true, sampler: new SequentialSampler([1]) }, "exclude each other"],
    [{ batchSize: 2, batchSampler: new BatchSampler(new SequentialSampler([1])) }, "batchSampler excludes"],
    [{ sampler: [0] as never }, "DataLoader's sampler is not usable. Expected an object with length and indices()."],
    [{ batchSampler: new SequentialSampler([1]) as never }, "Expected an object with length and batches()."],
  ])("refuses the options %o", (options, message) => {
    expect(() => new DataLoader([1], options)).toThrow(message);
  });

  it.each([
    [{ length: 3, getItem: () => 1 }, "DataLoader's dataset is not usable. Expected an array"],
    [new Set([1, 2]), "Received an instance of Set."],
    [undefined, "Received undefined."],
    [{ length: () => 3, get: (): number => 1 }, "has no usable length: it is the function length."],
    [{ get: (): number => 1 }, "has no usable length: it is undefined. Expected an array"],
    [{ length: Promise.resolve(3), get: (): number => 1 }, "has no usable length: it is a promise."],
  ])("refuses the dataset %o", (dataset, message) => {
    expect(() => new DataLoader(dataset as never)).toThrow(message);
  });

  it.each(["indices", "setEpoch", "state", "restore"])("refuses a promise from a sampler's %s", async (method) => {
    const fails = async (): Promise<never> => {
      throw new Error("nobody waits for this");
    };
    class Odd {
      readonly length = 2;
      indices(): unknown {
        return method === "indices" ? fails() : [0, 1];
      }
      setEpoch(): unknown {
        return method === "setEpoch" ? fails() : undefined;
      }
      state(): unknown {
        return method === "state" ? fails() : {};
      }
      restore(): unknown {
        return method === "restore" ? fails() : undefined;
      }
    }
    const run = async () => {
      const loader = new DataLoader([1, 2], { sampler: new Odd() as never });
      loader.restore(loader.state());
      await take(loader);
    };
    await expect(run()).rejects.toThrow(`Odd.${method} returned a promise, and nothing can wait for it there.`);
  });

  it("takes its order from a generator, which a copy replaces by a seed", async () => {
    const make = (seed: number) =>
      new DataLoader(numbers(20), { shuffle: true, generator: RandomStream.fromSeed(seed), collate: asList });
    const order = await take(make(3));
    expect(await take(make(3))).toEqual(order);
    expect(await take(make(4))).not.toEqual(order);
    const seeded = new DataLoader(numbers(20), { shuffle: true, seed: 8, collate: asList });
    expect(await take(make(3).withOptions({ seed: 8, shuffle: true }))).toEqual(await take(seeded));
    expect(await take(seeded.withOptions({ generator: RandomStream.fromSeed(3), shuffle: true }))).toEqual(order);
    expect(() => new DataLoader([1], { seed: 1, generator: RandomStream.fromSeed(1) })).toThrow(
      "DataLoader: seed and generator exclude each other",
    );
  });

  it("takes pinMemory as PyTorch's does, and gives the same batches", async () => {
    for (const pinMemory of [true, false])
      expect(await take(new DataLoader([1, 2], { pinMemory, collate: asList }))).toEqual([[1], [2]]);
    expect(() => new DataLoader([1], { pinMemory: "cuda" as never })).toThrow(/true or false.*Received "cuda"/s);
  });

  it("names the nearest option", () => {
    expect(() => new DataLoader([1], JSON.parse('{"batch_size":2}'))).toThrow("Try: batchSize");
  });
});
