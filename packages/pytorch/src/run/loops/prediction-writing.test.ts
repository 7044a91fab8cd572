import { DataLoader, resolveBackend, tf } from "@lightning-ts/core";
import { beforeAll, describe, expect, it } from "vitest";
import { BasePredictionWriter, type WriteInterval } from "../../callbacks/predictions/base-prediction-writer.js";
import { Callback } from "../../contract/callback.js";
import { LightningModule } from "../../contract/lightning-module.js";
import type { Predicted } from "../state/fit-state.js";
import type { DataloaderIterator } from "../../words/dataloader-iterator.js";
import { predictLoop } from "./predict-loop.js";
import { dataUnderTest, loaderOf, sessionUnderTest } from "./session-under-test.js";

beforeAll(() => resolveBackend("cpu"));

class Net extends LightningModule {
  override predictStep(batch: unknown): unknown {
    return tf.scalar(Number(batch));
  }
}

class Iterating extends Net {
  override readonly iteratorSteps = ["predictStep"] as const;
}

class Writer extends BasePredictionWriter {}

interface Setting {
  readonly callbacks: readonly Callback[];
  readonly loaders?: unknown;
  readonly keeps?: boolean;
  readonly module?: LightningModule;
  readonly failsAt?: string;
}

interface Look {
  readonly at: string;
  readonly predictions: readonly (readonly number[])[];
  readonly batchIndices: Predicted["batchIndices"];
  readonly current: readonly number[] | undefined;
}

const items = (count: number) =>
  new DataLoader(
    Array.from({ length: count }, (_, at) => at),
    { batchSize: 2, collate: (batch: readonly number[]) => batch.reduce((sum, one) => sum + one, 0) },
  );

/** Predicts, and looks in each hook at what callbacks that write could see. */
async function predict({
  callbacks,
  loaders = [items(3), items(2)],
  keeps = true,
  module = new Net(),
  failsAt,
}: Setting) {
  const looks: Look[] = [];
  const tensors: tf.Tensor[] = [];
  const under = sessionUnderTest({
    module,
    stage: "predict",
    strategy: { worldSize: 1 },
    parts: { trainer: { callbacks } },
    onHook: (at) => {
      const { predictions, batchIndices, currentBatchIndices } = under.state.predicted;
      const seen = predictions.map((ofLoader) =>
        ofLoader.map((one) => {
          if (!(one instanceof tf.Tensor)) throw new Error("a prediction is missing");
          tensors.push(one);
          return Number(one.dataSync()[0]);
        }),
      );
      looks.push({ at, predictions: seen, batchIndices: structuredClone(batchIndices), current: currentBatchIndices });
      if (at === failsAt) throw new Error("as asked");
    },
  });
  under.state.runningStage = "predict";
  const data = dataUnderTest(loaders, { isTraining: false });
  const before = tf.memory().numTensors;
  const returned: unknown = await under
    .run(predictLoop(under.session, data, keeps))
    .catch((error: unknown) => String(error));
  return { ...under, returned, looks, tensors, left: tf.memory().numTensors - before };
}

const writer = (writeInterval: WriteInterval) => new Writer({ writeInterval });

describe("a prediction that callbacks write", () => {
  it("tells them the items of each batch", async () => {
    const { looks, returned, left } = await predict({ callbacks: [new Callback(), writer("batch")], keeps: false });
    const ofBatches = looks.filter(({ at }) => at === "onPredictBatchStart");
    expect(ofBatches.map(({ current }) => current)).toEqual([[0, 1], [2], [0, 1]]);
    expect(looks.filter(({ at }) => at === "onPredictBatchEnd").map(({ current }) => current)).toEqual([
      [0, 1],
      [2],
      [0, 1],
    ]);
    expect(looks.flatMap(({ predictions, batchIndices }) => [...predictions, ...batchIndices].flat())).toEqual([]);
    expect([returned, left]).toEqual([[[], []], 0]);
  });

  it.each(["epoch", "batch_and_epoch"] as const)(
    "keeps everything for those that write at the end (%s), and frees it then",
    async (interval) => {
      const callbacks = [writer("batch"), writer(interval)];
      const { looks, returned, tensors, left, state } = await predict({ callbacks, keeps: false });
      const atEnd = looks.find(({ at }) => at === "onPredictEpochEnd");
      expect(atEnd?.predictions).toEqual([[1, 2], [1]]);
      expect(atEnd?.batchIndices).toEqual([[[0, 1], [2]], [[0, 1]]]);
      expect([returned, left]).toEqual([[[], []], 0]);
      expect(tensors.every((tensor) => tensor.isDisposed)).toBe(true);
      expect(state.predicted).toEqual({ predictions: [], batchIndices: [], currentBatchIndices: undefined });
    },
  );

  it("gives back what is written as well", async () => {
    const { returned, looks, left } = await predict({ callbacks: [writer("batch")] });
    expect(looks.find(({ at }) => at === "onPredictEpochEnd")?.predictions).toEqual([[1, 2], [1]]);
    expect(looks.find(({ at }) => at === "onPredictEpochEnd")?.batchIndices).toEqual([[], []]);
    expect(returned).toMatchObject([[{ shape: [] }, { shape: [] }], [{ shape: [] }]]);
    expect(left).toBe(3);
    tf.dispose(Object(returned));
  });

  it.each(["onPredictEpochEnd", "onPredictEnd"])("frees what it kept where %s fails", async (failsAt) => {
    for (const keeps of [true, false]) {
      const { returned, left, state } = await predict({ callbacks: [writer("epoch")], keeps, failsAt });
      expect([String(returned), left]).toEqual(["Error: as asked", 0]);
      expect(state.predicted.predictions).toEqual([]);
    }
  });

  it("warns for each loader whose items nobody knows", async () => {
    const { looks, terminal } = await predict({
      callbacks: [writer("epoch")],
      loaders: [loaderOf(5, 6), items(2), loaderOf(7)],
      keeps: false,
    });
    expect(terminal.warnings).toEqual(
      [0, 2].map(
        (loader) =>
          `Warning: Nobody knows which items the batches of predict loader ${loader} have: it is no DataLoader of a dataset that is read by index. batchIndices are missing.`,
      ),
    );
    const atEnd = looks.find(({ at }) => at === "onPredictEpochEnd");
    expect([atEnd?.predictions, atEnd?.batchIndices]).toEqual([
      [[5, 6], [1], [7]],
      [[], [[0, 1]], []],
    ]);
    expect(looks.filter(({ at }) => at === "onPredictBatchEnd").map(({ current }) => current)).toEqual([
      undefined,
      undefined,
      [0, 1],
      undefined,
    ]);
  });

  it("cannot be one of a step that takes an iterator", async () => {
    const { returned } = await predict({ callbacks: [writer("batch")], module: new Iterating() });
    expect(returned).toContain(
      "Writer cannot write predictions of a predictStep that takes an iterator: nobody knows how many batches it takes.",
    );
    expect(returned).toContain("Try: a predictStep that takes a batch.");
  });
});

describe("a prediction that nobody writes", () => {
  it("remembers no items, and tells callbacks nothing", async () => {
    const { looks, returned, terminal } = await predict({ callbacks: [new Callback()], loaders: [loaderOf(5)] });
    expect(looks.flatMap(({ predictions, current }) => [...predictions, current])).toEqual(looks.map(() => undefined));
    expect([returned, terminal.warnings]).toMatchObject([[[{ shape: [] }]], []]);
    tf.dispose(Object(returned));
  });

  it("may be one of a step that takes an iterator", async () => {
    const seen: unknown[] = [];
    class Takes extends Iterating {
      override async predictStep(batches: DataloaderIterator): Promise<unknown> {
        for await (const [batch] of batches) seen.push(batch);
        return seen.length;
      }
    }
    const { returned, calls } = await predict({ callbacks: [], module: new Takes(), loaders: [loaderOf(5, 6)] });
    expect([returned, seen]).toEqual([[[2]], [5, 6]]);
    expect(calls).toContain("onPredictBatchEnd(2, 6, 0, 0) predict 1110 1110, epochStart");
  });
});
