import { describe, expect, expectTypeOf, it } from "vitest";
import { ArrayDataset } from "./array-dataset.js";
import { ChainDataset } from "./chain-dataset.js";
import { DataLoader, type DataLoaderState } from "./data-loader.js";
import { type Dataset, IterableDataset, type IterableDatasetState } from "./dataset.js";
import { StackDataset } from "./stack-dataset.js";
import { TensorDataset } from "./tensor-dataset.js";

async function take<TBatch>(source: AsyncIterable<TBatch>): Promise<TBatch[]> {
  const batches: TBatch[] = [];
  for await (const batch of source) batches.push(batch);
  return batches;
}

describe("StackDataset", () => {
  const [words, sizes] = [new ArrayDataset(["a", "b", "c"]), new ArrayDataset([1, 2, 3])];

  it("has items of each dataset, in a list or by name, with their types", () => {
    const listed = new StackDataset([words, sizes]);
    const named = new StackDataset({ word: words, size: sizes });
    expect([listed.length, listed.get(1), named.get(2)]).toEqual([3, ["b", 2], { word: "c", size: 3 }]);
    expectTypeOf(listed.get(0)).toEqualTypeOf<[string, number] | Promise<[string, number]>>();
    expectTypeOf(named.get(0)).toEqualTypeOf<
      { word: string; size: number } | Promise<{ word: string; size: number }>
    >();
  });

  it("waits for items that come later, and names the one that fails", async () => {
    const late: Dataset<number> = {
      length: 3,
      get: async (index) => {
        if (index === 2) throw new Error("no file");
        return Promise.resolve(10 * index);
      },
    };
    const stacked = new StackDataset([words, late]);
    await expect(Promise.resolve(stacked.get(1))).resolves.toEqual(["b", 10]);
    await expect(take(new DataLoader(stacked))).rejects.toThrow(/index 2.*no file/s);
  });

  it("makes batches of batches where all datasets make them", async () => {
    const tensors = new TensorDataset(Float32Array.of(1, 2, 3));
    const fast = new StackDataset({ x: tensors, again: tensors });
    expect(fast.getBatch).toBeDefined();
    const [first] = await take(new DataLoader(fast, { batchSize: 2 }));
    expect([first?.x[0].values, first?.again[0].shape]).toEqual([Float32Array.of(1, 2), [2]]);
    expect(new StackDataset([tensors, words]).getBatch).toBeUndefined();
    const [batch] = await take(new DataLoader(new StackDataset([sizes, words]), { batchSize: 3 }));
    expect([...(batch?.[0].values ?? []), batch?.[1]]).toEqual([1, 2, 3, ["a", "b", "c"]]);
  });

  it("refuses other lengths, no datasets, and indices that do not exist", () => {
    expect(() => new StackDataset([words, new ArrayDataset([1])])).toThrow(/all of one length. Received lengths 3, 1/);
    expect(() => new StackDataset([])).toThrow(/Received none/);
    expect(() => new StackDataset([words]).get(3)).toThrow(/an integer from 0 to 2/);
  });
});

class Letters extends IterableDataset<string> {
  closed = 0;
  epoch = -1;
  constructor(readonly letters: string) {
    super();
  }
  override get length(): number {
    return this.letters.length;
  }
  override setEpoch(epoch: number): void {
    this.epoch = epoch;
  }
  override async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    try {
      yield* this.letters;
    } finally {
      this.closed += 1;
    }
  }
}

/** Knows where it is. */
class Seekable extends Letters {
  next = 0;
  readonly read: string[] = [];
  override async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    while (this.next < this.letters.length) {
      this.next += 1;
      const letter = this.letters[this.next - 1] ?? "";
      this.read.push(letter);
      yield letter;
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

describe("ChainDataset", () => {
  const options = { batchSize: 2, collate: (items: string[]) => items.join("") };

  it("has the items of all datasets in turn, every epoch, and tells them the epoch", async () => {
    const parts = [new Letters("abc"), new Letters(""), new Letters("de")];
    const loader = new DataLoader(new ChainDataset(parts), options);
    expect(loader.length).toBe(3);
    for (const epoch of [0, 1]) {
      expect(await take(loader)).toEqual(["ab", "cd", "e"]);
      expect(parts.map((part) => part.epoch)).toEqual([epoch, epoch, epoch]);
    }
    class Endless extends Letters {
      override get length(): never {
        return undefined as never;
      }
    }
    expect(new ChainDataset([new Letters("a"), new Endless("b")]).length).toBeUndefined();
    expect(await take(new ChainDataset<string>([]))).toEqual([]);
  });

  it("closes the dataset that is under way when a loop breaks", async () => {
    const parts = [new Letters("ab"), new Letters("cd"), new Letters("ef")];
    for await (const letter of new ChainDataset(parts)) if (letter === "c") break;
    expect(parts.map(({ closed }) => closed)).toEqual([1, 1, 0]);
  });

  it.each([0, 1, 2, 3])(
    "resumes after batch %i with the batches that were left, reading nothing twice",
    async (after) => {
      for (const make of [(text: string) => new Seekable(text), (text: string) => new Letters(text)]) {
        const loader = new DataLoader(new ChainDataset(["abc", "de", "f"].map(make)), options);
        const whole = await take(loader);
        loader.setEpoch(0);
        let state: DataLoaderState = loader.state();
        let count = 0;
        if (after > 0)
          for await (const _ of loader) {
            count += 1;
            state = JSON.parse(JSON.stringify(loader.state()));
            if (count === after) break;
          }
        const parts = ["abc", "de", "f"].map(make);
        const resumed = new DataLoader(new ChainDataset(parts), options);
        resumed.restore(state);
        expect(await take(resumed)).toEqual(whole.slice(after));
        if (parts[0] instanceof Seekable)
          expect(parts.flatMap((part) => (part instanceof Seekable ? part.read : [])).join("")).toBe(
            whole.slice(after).join(""),
          );
        expect(await take(resumed)).toEqual(whole);
      }
    },
  );

  it("refuses a state that is none", async () => {
    const chain = new ChainDataset([new Seekable("a")]);
    for (const state of [
      {},
      { version: 1, current: 7 },
      { version: 1, current: 0.5 },
      { version: 1, current: 0, state: 1 },
    ])
      await expect(chain.restore?.(state)).rejects.toThrow(/ChainDataset cannot be restored.*one of 1 datasets/s);
    expect(new ChainDataset([new Letters("a")]).state).toBeUndefined();
  });
});
