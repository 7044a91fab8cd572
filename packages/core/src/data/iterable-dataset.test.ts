import { describe, expect, it } from "vitest";
import { DataLoader, type DataLoaderState } from "./data-loader.js";
import { IterableDataset, type IterableDatasetState } from "./dataset.js";

class Counter extends IterableDataset<number> {
  read = 0;
  closed = 0;
  epoch = -1;

  override setEpoch(epoch: number): void {
    this.epoch = epoch;
  }

  override async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    try {
      for (let i = 0; i < 5; i += 1) {
        this.read += 1;
        yield this.epoch * 10 + i;
      }
    } finally {
      this.closed += 1;
    }
  }
}

class Seekable extends IterableDataset<number> {
  next = 0;
  readonly read: number[] = [];

  override get length(): number {
    return 5;
  }

  override async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    while (this.next < 5) {
      this.next += 1;
      this.read.push(this.next - 1);
      yield this.next - 1;
    }
    this.next = 0;
  }

  override state(): IterableDatasetState {
    return { next: this.next };
  }

  override restore(state: IterableDatasetState): void {
    this.next = Number(state["next"]);
  }
}

const options = { batchSize: 2, collate: (items: number[]) => items };

async function take<TBatch>(source: AsyncIterable<TBatch>): Promise<TBatch[]> {
  const batches: TBatch[] = [];
  for await (const batch of source) batches.push(batch);
  return batches;
}

describe("a DataLoader of an iterable dataset", () => {
  it("waits for setEpoch, state and restore where they are asynchronous", async () => {
    class Remote extends IterableDataset<number> {
      next = 0;
      epoch = -1;
      override async *[Symbol.asyncIterator](): AsyncGenerator<number> {
        for (; this.next < 4; this.next += 1) yield this.epoch * 10 + this.next;
      }
      override async setEpoch(epoch: number) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        this.epoch = epoch;
      }
      override async state() {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return { next: this.next + 1 };
      }
      override async restore({ next }: IterableDatasetState) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        this.next = Number(next);
      }
    }
    const make = () => new DataLoader<number, number[]>(new Remote(), { batchSize: 1, collate: (items) => items });
    const loader = make();
    loader.setEpoch(3);
    for await (const batch of loader) {
      expect(batch).toEqual([30]);
      break;
    }
    const again = make();
    again.restore(loader.state());
    expect(await take(again)).toEqual([[31], [32], [33]]);
  });

  it("names the items of a batch that cannot be made", async () => {
    const run = async () => {
      const collate = (items: number[]) => {
        if (items.includes(3)) throw new RangeError("no threes");
        return items;
      };
      for await (const batch of new DataLoader(new Counter(), { batchSize: 2, collate })) expect(batch).toHaveLength(2);
    };
    await expect(run()).rejects.toMatchObject({
      message: expect.stringMatching(/^The batch of the indices \d, \d could not be made\. no threes$/),
      cause: new RangeError("no threes"),
    });
  });

  it("batches what comes and tells the dataset the epoch", async () => {
    const loader = new DataLoader(new Counter(), options);
    expect(await take(loader)).toEqual([[0, 1], [2, 3], [4]]);
    expect(await take(loader)).toEqual([[10, 11], [12, 13], [14]]);
    expect(await take(new DataLoader(new Counter(), { ...options, dropLast: true }))).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it("knows its length where the dataset does", () => {
    expect(new DataLoader(new Counter(), options).length).toBe(Number.POSITIVE_INFINITY);
    expect(new DataLoader(new Seekable(), options).length).toBe(3);
  });

  it("closes the dataset's iterator when the loop breaks or throws", async () => {
    const dataset = new Counter();
    for await (const _ of new DataLoader(dataset, { ...options, prefetch: 1 })) break;
    expect(dataset.closed).toBe(1);
    const throwing = async () => {
      for await (const _ of new DataLoader(dataset, options)) throw new Error("step");
    };
    await expect(throwing()).rejects.toThrow("step");
    expect(dataset.closed).toBe(2);
  });

  it.each([0, 2])("resumes where it was, by reading again what came before (prefetch %i)", async (prefetch) => {
    const loader = new DataLoader(new Counter(), { ...options, prefetch });
    for await (const _ of loader) break;
    const resumed = new DataLoader(new Counter(), options);
    resumed.restore(loader.state());
    expect(await take(resumed)).toEqual([[2, 3], [4]]);
  });

  it.each([0, 2])(
    "resumes by the dataset's own state without reading what came before (prefetch %i)",
    async (prefetch) => {
      const loader = new DataLoader(new Seekable(), { ...options, prefetch });
      let state: DataLoaderState | undefined;
      for await (const _ of loader) state ??= loader.state();
      const dataset = new Seekable();
      const resumed = new DataLoader(dataset, options);
      if (state !== undefined) resumed.restore(state);
      expect(await take(resumed)).toEqual([[2, 3], [4]]);
      expect(dataset.read).toEqual([2, 3, 4]);
    },
  );

  it("reports an error of the dataset with the item's number", async () => {
    class Failing extends IterableDataset<number> {
      override async *[Symbol.asyncIterator](): AsyncGenerator<number> {
        yield 1;
        throw new Error("connection lost");
      }
    }
    await expect(take(new DataLoader(new Failing(), options))).rejects.toThrow(
      "The dataset failed at index 1. Error: connection lost",
    );
  });

  it("refuses shuffle and samplers", () => {
    expect(() => new DataLoader(new Counter(), { shuffle: true })).toThrow("an iterable dataset has its own order");
  });
});
