import { ArrayDataset, DataLoader, SequentialSampler } from "@lightning-ts/core";
import { describe, expect, it } from "vitest";
import type { BatchFetcher } from "./batch-fetcher.js";
import { CombinedLoader } from "./combined-loader.js";
import { StageData, type StageDataOptions } from "./stage-data.js";

const warnings: string[] = [];

function stage(loaders: unknown, options: Partial<StageDataOptions> = {}): StageData {
  warnings.length = 0;
  return new StageData(loaders, {
    limit: { kind: "fraction", fraction: 1 },
    limitOption: "limitTrainBatches",
    origin: "Net.trainDataloader",
    isTraining: true,
    keepsOrder: false,
    keepsLastBatch: false,
    ranks: undefined,
    warn: (topic, text) => void warnings.push(`${topic}: ${text}`),
    ...options,
  });
}

const evaluation = (loaders: unknown, options: Partial<StageDataOptions> = {}) =>
  stage(loaders, { isTraining: false, ...options });

const dataset = (length: number) => new ArrayDataset(Array.from({ length }, (_, index) => index));
const count = (number: number) => ({ kind: "count", count: number }) as const;

async function batches(fetcher: BatchFetcher): Promise<unknown[]> {
  const found: unknown[] = [];
  while (await fetcher.next()) found.push([fetcher.batch, fetcher.batchIdx, fetcher.dataloaderIdx]);
  await fetcher.close();
  return found;
}

/** A loader that can go on by itself and notes what it is told. */
function resumable(...values: readonly unknown[]) {
  const told: unknown[] = [];
  return {
    told,
    length: values.length,
    at: 0,
    *[Symbol.iterator]() {
      for (; this.at < values.length; this.at += 1) yield values[this.at];
      this.at = 0;
    },
    setEpoch: (epoch: number) => void told.push(`epoch ${epoch}`),
    state(): unknown {
      return this.at;
    },
    restore(state: unknown) {
      this.at = Number(state);
      told.push(`restored ${String(state)}`);
    },
  };
}

describe("the data of a stage", () => {
  it("is every loader in turn for an evaluation, each with its limit", async () => {
    const data = evaluation([resumable(1, 2, 3), resumable(4)], { limit: count(2) });
    expect([data.lengths, data.counts, data.seen, data.totalCount]).toEqual([[3, 1], [2, 1], [0, 0], 3]);
    expect(await batches(data.openAll())).toEqual([
      [1, 0, 0],
      [2, 1, 0],
      [4, 0, 1],
    ]);
    expect(await batches(evaluation([resumable(1, 2, 3), resumable(4, 5)]).openAll(1))).toEqual([
      [1, 0, 0],
      [4, 0, 1],
    ]);
  });

  it("leaves out loaders of which nothing is used", async () => {
    expect(await batches(evaluation([resumable(1)], { limit: count(0) }).openAll())).toEqual([]);
    const opened: string[] = [];
    const source = { [Symbol.iterator]: () => (opened.push("opened"), [1][Symbol.iterator]()) };
    await batches(evaluation([source], { limit: count(0) }).openAll());
    expect(opened).toEqual([]);
  });

  it("is one batch of all loaders for training, as long as the longest", async () => {
    const data = stage({ a: resumable(1, 2, 3), b: resumable("x", "y") });
    expect([data.sources.length, data.totalCount]).toEqual([1, 3]);
    expect(await batches(data.openTraining(0))).toEqual([
      [{ a: 1, b: "x" }, 0, 0],
      [{ a: 2, b: "y" }, 1, 0],
      [{ a: 3, b: "x" }, 2, 0],
    ]);
    expect(await batches(stage([resumable(1), resumable(2)]).openTraining(0))).toEqual([[[1, 2], 0, 0]]);
  });

  it("is one loader, or an array of batches, as it is", async () => {
    const one = resumable(1, 2);
    const data = stage(one);
    expect([data.original === one, data.sources.length, data.sources[0] === one]).toEqual([true, 1, true]);
    expect(await batches(stage([[1], [2]]).openTraining(0))).toEqual([
      [[1], 0, 0],
      [[2], 1, 0],
    ]);
  });

  it("takes a CombinedLoader as it combines", async () => {
    const loaders = () => ({ a: resumable(1, 2), b: resumable("x") });
    const shortest = stage(new CombinedLoader(loaders(), "min_size"));
    expect(await batches(shortest.openTraining(0))).toEqual([[{ a: 1, b: "x" }, 0, 0]]);
    const inSequence = evaluation(new CombinedLoader(loaders(), "sequential"));
    expect(await batches(inSequence.openAll())).toEqual([
      [1, 0, 0],
      [2, 1, 0],
      ["x", 0, 1],
    ]);
    expect(await batches(evaluation(new CombinedLoader(loaders(), "max_size")).openAll())).toEqual([
      [{ a: 1, b: "x" }, 0, 0],
      [{ a: 2, b: undefined }, 1, 0],
    ]);
  });

  it("refuses to train on a CombinedLoader that is read in sequence", () => {
    expect(() => stage(new CombinedLoader([resumable(1)], "sequential"))).toThrow(
      expect.objectContaining({
        message:
          'A CombinedLoader in sequential mode cannot be trained on. Expected "min_size", "max_size_cycle" or "max_size".',
      }),
    );
  });

  it.each([
    [3, "3"],
    [null, "null"],
    [{}, "{}"],
    [{ a: [1], b: 2 }, "{ a: [1], b: 2 }"],
  ])("refuses %o", (loaders, received) => {
    expect(() => stage(loaders)).toThrow(
      expect.objectContaining({
        code: "LIT_DATALOADER",
        message: `Net.trainDataloader gave something that cannot be iterated over. Expected a DataLoader, an array, any iterable or async iterable of batches, or several of them. Received ${received}.`,
      }),
    );
  });

  it("says that there are no batches, unless none are wanted", () => {
    stage([]);
    expect(warnings).toEqual(["empty Net.trainDataloader: Net.trainDataloader: there are no batches."]);
    stage([], { limit: count(0) });
    expect(warnings).toEqual([]);
    evaluation([resumable(), resumable(1)]);
    expect(warnings).toEqual([]);
    evaluation([resumable(), resumable()]);
    expect(warnings).toHaveLength(1);
  });
});

describe("DataLoaders of a stage", () => {
  const shuffled = () => new DataLoader(dataset(4), { shuffle: true });

  it("that shuffle are used as they are for training, and pointed out for an evaluation", () => {
    stage(shuffled());
    expect(warnings).toEqual([]);
    const loader = shuffled();
    expect(evaluation(loader).sources).toEqual([loader]);
    expect(warnings).toEqual([
      "shuffle Net.trainDataloader: Net.trainDataloader shuffles; evaluation needs no shuffling.",
    ]);
    evaluation(new DataLoader(dataset(4)));
    expect(warnings).toEqual([]);
  });

  it("are read in order where batches are to be overfitted", async () => {
    const [source] = stage(shuffled(), { keepsOrder: true }).sources;
    expect(source instanceof DataLoader && source.sampler).toBeInstanceOf(SequentialSampler);
    expect(warnings).toEqual([
      "overfit Net.trainDataloader: overfitBatches: Net.trainDataloader is read in order instead of shuffled.",
    ]);
    const inOrder = new DataLoader(dataset(4));
    expect(stage(inOrder, { keepsOrder: true }).sources).toEqual([inOrder]);
    expect(warnings).toEqual([]);
    const evaluated = evaluation(shuffled(), { keepsOrder: true });
    expect(warnings).toEqual([
      "overfit Net.trainDataloader: overfitBatches: Net.trainDataloader is read in order instead of shuffled.",
    ]);
    expect(evaluated.totalCount).toBe(4);
  });

  it("keep their last batch where it is asked for", () => {
    const loader = new DataLoader(dataset(5), { batchSize: 2, dropLast: true });
    expect([stage(loader).totalCount, stage(loader, { keepsLastBatch: true }).totalCount]).toEqual([2, 3]);
    const whole = new DataLoader(dataset(5), { batchSize: 2 });
    expect(stage(whole, { keepsLastBatch: true }).sources).toEqual([whole]);
  });

  it("are shared between the ranks, in lists and objects too", () => {
    const ranks = { numReplicas: 2, rank: 1 };
    const loader = () => new DataLoader(dataset(4), { shuffle: true });
    expect(stage(loader(), { ranks }).totalCount).toBe(2);
    expect(stage([loader(), loader()], { ranks }).totalCount).toBe(2);
    expect(stage({ a: loader() }, { ranks }).totalCount).toBe(2);
    expect(stage({ a: [loader(), { b: loader() }] }, { ranks }).shares).toEqual(
      Array(2).fill({ ranks: 2, examples: 2 }),
    );
    const combined = new CombinedLoader({ a: loader(), b: loader() }, "min_size");
    combined.limits = [4, 1];
    expect(stage(combined, { ranks })).toMatchObject({
      totalCount: 1,
      shares: Array(2).fill({ ranks: 2, examples: 2 }),
    });
    expect(combined.length).toBe(1);
    expect(evaluation(new CombinedLoader([loader(), loader()], "sequential"), { ranks }).counts).toEqual([2, 2]);
    expect(stage({ a: loader(), b: [1] }, { ranks }).shares).toEqual([{ ranks: 2, examples: 2 }, null]);
    expect(stage(loader()).shares).toEqual([{ ranks: 1, examples: 1 }]);
  });

  it("say on the first rank of several that some examples are evaluated twice", () => {
    const said = (length: number, rank: number, options: Partial<StageDataOptions> = {}) => {
      stage(new DataLoader(dataset(length)), { isTraining: false, ranks: { numReplicas: 3, rank }, ...options });
      return warnings.join();
    };
    expect(said(7, 0)).toBe(
      "repeated Net.trainDataloader: Net.trainDataloader: 7 examples do not divide by 3 ranks. How many come twice, and " +
        "count twice in metrics: 2. For exact ones evaluate in one process (devices: 1).",
    );
    expect([said(6, 0), said(7, 1), said(7, 0, { isTraining: true }), said(7, 0, { ranks: undefined })]).toEqual(
      Array.from({ length: 4 }, () => ""),
    );
  });
});

describe("the epoch and the position of loaders", () => {
  it("are told to each loader, and not to one that a checkpoint has put there", () => {
    const [a, b] = [resumable(1, 2), resumable(3)];
    const data = stage({ a, b });
    data.setEpoch(4);
    expect([a.told, b.told]).toEqual([["epoch 4"], ["epoch 4"]]);
    data.restore([1, null]);
    data.resumeEpoch(5);
    expect([a.told, b.told]).toEqual([
      ["epoch 4", "restored 1"],
      ["epoch 4", "epoch 5"],
    ]);
  });

  it("are kept for those that have one", () => {
    const a = resumable(1, 2);
    a.at = 1;
    expect(stage({ a, b: [[1]] }).state()).toEqual([1, null]);
    expect([stage({ a }).canResume, stage({ a, b: [[1]] }).canResume]).toEqual([true, false]);
    const halves = [{ state: () => 1 }, { restore: () => undefined }];
    const canResume = halves.map(
      (half) => stage({ [Symbol.iterator]: () => [1][Symbol.iterator](), ...half }).canResume,
    );
    expect(canResume).toEqual([false, false]);
  });

  it("go on where a loader stands by itself, and are reached by reading where it does not", async () => {
    const own = resumable("a", "b", "c");
    const restored = stage(own);
    restored.restore([2]);
    expect(await batches(restored.openTraining(2))).toEqual([["c", 2, 0]]);
    const read = stage([["a"], ["b"], ["c"]]);
    read.restore([null]);
    expect(await batches(read.openTraining(2))).toEqual([[["c"], 2, 0]]);
    expect(await batches(stage(resumable("a", "b")).openTraining(1))).toEqual([["b", 1, 0]]);
  });

  it("go on in the middle of several loaders, each where it stands", async () => {
    const [a, b] = [resumable(1, 2, 3), resumable("x", "y", "z")];
    const data = stage({ a, b });
    data.restore([1, undefined]);
    expect(await batches(data.openTraining(1))).toEqual([
      [{ a: 2, b: "y" }, 1, 0],
      [{ a: 3, b: "z" }, 2, 0],
    ]);
  });

  it("are refused where there were other loaders", () => {
    expect(() => stage({ a: resumable(1) }).restore([1, 2])).toThrow(
      expect.objectContaining({
        code: "LIT_RESUME",
        message: "The checkpoint was written with other training loaders. Expected 2 loaders. Received 1.",
      }),
    );
  });
});
