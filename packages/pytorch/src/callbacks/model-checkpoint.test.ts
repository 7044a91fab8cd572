import { DataLoader, seedEverything, type tf } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset, type BoringBatch } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Trainer } from "../trainer/trainer.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { ModelCheckpoint } from "./model-checkpoint.js";
import { OnExceptionCheckpoint } from "./on-exception-checkpoint.js";
import type { ModelCheckpointOptions } from "./model-checkpoint-options.js";

const loader = (batches: number) => new DataLoader(randomDataset({ length: batches }));

/** `score` of epoch n is `scores[n]`. */
class Scored extends BoringModel {
  constructor(readonly scores: readonly number[]) {
    super();
  }
  override validationStep(_batch: BoringBatch) {
    this.log("score", this.scores[this.currentEpoch] ?? 0);
  }
  override onTrainBatchEnd() {
    this.log("train", 1, { onEpoch: true, onStep: false });
  }
}

async function run(
  checkpoint: ModelCheckpointOptions,
  options: {
    readonly scores?: readonly number[];
    readonly epochs?: number;
    readonly trainer?: TrainerOptions;
    readonly files?: MemoryFiles;
    readonly validationBatches?: number;
  } = {},
) {
  const { scores = [3, 1, 2, 1], epochs = scores.length, files = new MemoryFiles() } = options;
  const callback = new ModelCheckpoint({ dirpath: "/ckpt", ...checkpoint });
  const terminal = new FakeTerminal();
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: epochs,
    logger: false,
    enableProgressBar: false,
    enableModelSummary: false,
    callbacks: callback,
    ports: { files, terminal },
    ...options.trainer,
  });
  await trainer.fit(new Scored(scores), loader(4), loader(options.validationBatches ?? 1));
  const names = (await files.list("/ckpt").catch(() => [])).filter((name) => name.endsWith(".ckpt"));
  return { callback, files, names: [...names].sort(), trainer, terminal };
}

describe("without a metric", () => {
  it("keeps the newest epoch, or none, or all", async () => {
    expect((await run({})).names).toEqual(["epoch=3-step=16.ckpt"]);
    expect((await run({ saveTopK: 0 })).names).toEqual([]);
    expect((await run({ saveTopK: -1 })).names).toEqual([
      "epoch=0-step=4.ckpt",
      "epoch=1-step=8.ckpt",
      "epoch=2-step=12.ckpt",
      "epoch=3-step=16.ckpt",
    ]);
  });

  it("can save every few epochs or every few steps", async () => {
    expect((await run({ saveTopK: -1, everyNEpochs: 2 })).names).toEqual([
      "epoch=1-step=8.ckpt",
      "epoch=3-step=16.ckpt",
    ]);
    expect((await run({ saveTopK: -1, everyNTrainSteps: 6 })).names).toEqual([
      "epoch=1-step=6.ckpt",
      "epoch=2-step=12.ckpt",
    ]);
  });

  it("writes last.ckpt beside it", async () => {
    const { names, callback } = await run({ saveLast: true });
    expect(names).toEqual(["epoch=3-step=16.ckpt", "last.ckpt"]);
    expect(callback.lastModelPath).toBe("/ckpt/last.ckpt");
  });

  it("counts up when the file of another run is there", async () => {
    const files = new MemoryFiles();
    await run({ filename: "model" }, { epochs: 1, files });
    const { names, callback } = await run({ filename: "model" }, { epochs: 1, files });
    expect(names).toEqual(["model-v1.ckpt", "model.ckpt"]);
    expect(callback.bestModelPath).toBe("/ckpt/model-v1.ckpt");
    const { names: overwritten } = await run({ filename: "model", enableVersionCounter: false }, { epochs: 1, files });
    expect(overwritten).toEqual(["model-v1.ckpt", "model.ckpt"]);
  });
});

// What Lightning 2.6.6 does with the same options is beside each case.
describe("where validation brings nothing", () => {
  it("keeps epochs, although validation should come within them", async () => {
    const trainer: TrainerOptions = { valCheckInterval: 2 };
    const kept = ["epoch=0-step=4.ckpt", "epoch=1-step=8.ckpt"]; // Lightning's too
    expect((await run({ saveTopK: -1 }, { epochs: 2, trainer, validationBatches: 0 })).names).toEqual(kept);
    const none: TrainerOptions = { ...trainer, limitValBatches: 0 };
    expect((await run({ saveTopK: -1 }, { epochs: 2, trainer: none })).names).toEqual(kept);
    const idle: TrainerOptions = { ...trainer, limitTrainBatches: 0 };
    expect((await run({ saveTopK: -1 }, { epochs: 2, trainer: idle })).names).toEqual([]);
  });

  it("waits for a metric of the epoch, with and without validation", async () => {
    const everyTwo = { monitor: "train", saveTopK: -1, everyNTrainSteps: 2 };
    // Lightning warns in the first epoch and saves 6 and 8: 0051, "a file saved by steps".
    const kept = ["epoch=0-step=4.ckpt", "epoch=1-step=6.ckpt", "epoch=1-step=8.ckpt"];
    expect((await run(everyTwo, { epochs: 2, validationBatches: 0 })).names).toEqual(kept);
    expect((await run(everyTwo, { epochs: 2, validationBatches: 1 })).names).toEqual(kept);
    await expect(run({ ...everyTwo, monitor: "tain" }, { epochs: 2 })).rejects.toThrow('Try: monitor: "train"');
  });
});

describe("with a metric", () => {
  it("keeps the best; a tie does not replace it", async () => {
    const { names, callback } = await run({ monitor: "score" });
    expect(names).toEqual(["epoch=1-step=8.ckpt"]);
    expect(callback.bestModelScore).toBe(1);
    expect(callback.currentScore).toBe(1);
  });

  it("keeps the best few, in both directions", async () => {
    expect((await run({ monitor: "score", saveTopK: 2, filename: "{epoch}" })).names).toEqual([
      "epoch=1.ckpt",
      "epoch=3.ckpt",
    ]);
    const { names, callback } = await run({ monitor: "score", mode: "max", saveTopK: 2, filename: "{epoch}" });
    expect(names).toEqual(["epoch=0.ckpt", "epoch=2.ckpt"]);
    expect(callback.bestModelPath).toBe("/ckpt/epoch=0.ckpt");
    expect(callback.kthBestModelPath).toBe("/ckpt/epoch=2.ckpt");
    expect(callback.bestKModels).toEqual({ "/ckpt/epoch=0.ckpt": 3, "/ckpt/epoch=2.ckpt": 2 });
  });

  it("takes NaN for the worst", async () => {
    expect(
      (await run({ monitor: "score", filename: "{epoch}" }, { scores: [Number.NaN, 5, Number.NaN] })).names,
    ).toEqual(["epoch=1.ckpt"]);
  });

  it("waits for a fresh value when validation follows", async () => {
    const { callback } = await run(
      { monitor: "score", everyNTrainSteps: 4, saveTopK: -1, filename: "{step}-{score}" },
      { trainer: { valCheckInterval: 2 } },
    );
    expect(Object.values(callback.bestKModels)).toEqual([3, 1, 2, 1]);
  });

  it("can be the epoch or the step, which nobody has to log", async () => {
    expect((await run({ monitor: "step", mode: "max", filename: "{step}" })).names).toEqual(["step=16.ckpt"]);
    expect((await run({ monitor: "epoch", saveTopK: 2, filename: "{epoch}" })).names).toEqual([
      "epoch=0.ckpt",
      "epoch=1.ckpt",
    ]);
  });

  it("in a step with a validation is the one of that validation", async () => {
    const { callback, names } = await run(
      { monitor: "score", everyNTrainSteps: 4, saveTopK: -1, filename: "{step}-{score}" },
      { scores: [3, 1, 2] },
    );
    expect(Object.values(callback.bestKModels)).toEqual([3, 1, 2]);
    expect(names).toEqual(["step=12-score=2.ckpt", "step=4-score=3.ckpt", "step=8-score=1.ckpt"]);
    const named = await run({ everyNTrainSteps: 4, saveTopK: -1, filename: "{score}" }, { scores: [3, 1] });
    expect(named.names).toEqual(["score=1.ckpt", "score=3.ckpt"]);
  });

  it("is written down as YAML on demand", async () => {
    const { callback, files } = await run(
      { monitor: "score", saveTopK: 2, filename: "{epoch}" },
      { scores: [3, Number.NaN] },
    );
    await callback.toYaml();
    expect(new TextDecoder().decode(await files.readFile("/ckpt/best_k_models.yaml"))).toBe(
      '"/ckpt/epoch=0.ckpt": 3\n"/ckpt/epoch=1.ckpt": .inf\n',
    );
    await callback.toYaml("/notes/best.yaml");
    expect(files.paths()).toContain("/notes/best.yaml");
  });

  it("that is never logged fails after validation, and names what there is", async () => {
    await expect(run({ monitor: "scor" })).rejects.toThrow(/watches "scor".*one of score.*monitor: "score"/s);
  });
});

describe("a trigger of 0", () => {
  it("is off, whatever stands beside it", async () => {
    expect((await run({ everyNTrainSteps: 0 })).names).toEqual([]);
    expect((await run({ everyNEpochs: 0 })).names).toEqual([]);
    expect((await run({ everyNTrainSteps: 0, everyNEpochs: 2, saveTopK: -1, filename: "{epoch}" })).names).toEqual([
      "epoch=1.ckpt",
      "epoch=3.ckpt",
    ]);
    expect((await run({ everyNTrainSteps: 8, everyNEpochs: 0, saveTopK: -1, filename: "{step}" })).names).toEqual([
      "step=16.ckpt",
      "step=8.ckpt",
    ]);
    expect(() => new ModelCheckpoint({ everyNTrainSteps: 8, everyNEpochs: 1 })).toThrow(/at most one of/);
  });
});

it("names files as it does when it writes them", async () => {
  const { callback, trainer } = await run({ filename: "{epoch:02d}-{val/acc:.2f}", autoInsertMetricName: false });
  const metrics = { epoch: 3, step: 9, "val/acc": 0.5 };
  expect(callback.formatCheckpointName(metrics)).toBe("/ckpt/03-0.50.ckpt");
  expect(callback.formatCheckpointName(metrics, "{step}", 2, "run")).toBe("/ckpt/run-9-v2.ckpt");
  expect(new ModelCheckpoint().formatCheckpointName(metrics)).toBe("epoch=3-step=9.ckpt");
  expect(await callback.fileExists(callback.bestModelPath, trainer)).toBe(true);
  expect(await callback.fileExists("/ckpt/none.ckpt", trainer)).toBe(false);
  expect([ModelCheckpoint.CHECKPOINT_NAME_LAST, ModelCheckpoint.CHECKPOINT_JOIN_CHAR]).toEqual(["last", "-"]);
  expect([ModelCheckpoint.CHECKPOINT_EQUALS_CHAR, ModelCheckpoint.FILE_EXTENSION]).toEqual(["=", ".ckpt"]);
  expect(ModelCheckpoint.STARTING_VERSION).toBe(1);
});

it("stays quiet in a dry run", async () => {
  expect((await run({}, { trainer: { fastDevRun: true } })).names).toEqual([]);
});

it("saves when the run fails, if it is asked to", async () => {
  const files = new MemoryFiles();
  class Fails extends BoringModel {
    override trainingStep(batch: BoringBatch, batchIdx: number) {
      if (batchIdx === 2) throw new Error("disk on fire");
      return super.trainingStep(batch, batchIdx);
    }
  }
  const callback = new ModelCheckpoint({ dirpath: "/ckpt", saveOnException: true });
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: 1,
    logger: false,
    enableProgressBar: false,
    enableModelSummary: false,
    callbacks: callback,
    ports: { files, terminal: new FakeTerminal() },
  });
  await expect(trainer.fit(new Fails(), loader(4))).rejects.toThrow("disk on fire");
  expect(await files.list("/ckpt")).toEqual(["epoch=0-step=2.ckpt"]);
});

it("OnExceptionCheckpoint lets the next fit go on where one failed, and is gone when it ended well", async () => {
  const files = new MemoryFiles();
  const seen: number[] = [];
  class FailsOnce extends BoringModel {
    constructor(readonly failing: number) {
      super();
    }
    override trainingStep(batch: BoringBatch, batchIdx: number) {
      if (batchIdx === this.failing) throw new Error("disk on fire");
      seen.push(batchIdx);
      return super.trainingStep(batch, batchIdx);
    }
  }
  const fit = (failing: number) =>
    new Trainer({
      accelerator: cpu({ backend: "cpu" }),
      maxEpochs: 1,
      logger: false,
      enableProgressBar: false,
      enableModelSummary: false,
      callbacks: new OnExceptionCheckpoint({ dirpath: "/ckpt" }),
      ports: { files, terminal: new FakeTerminal() },
    }).fit(new FailsOnce(failing), loader(6));
  await expect(fit(3)).rejects.toThrow("disk on fire");
  expect(files.paths()).toEqual(["/ckpt/on_exception.ckpt"]);
  expect((await fit(-1)).steps).toBe(5);
  expect(seen).toEqual([0, 1, 2, 4, 5]);
  expect(files.paths()).toEqual([]);
});

it.each(["OnExceptionCheckpoint", "saveOnException"])(
  "%s keeps the first accumulation window, from which training goes on as if nothing had been",
  async (name) => {
    const files = new MemoryFiles();
    class Fails extends BoringModel {
      constructor(readonly failing: number) {
        super();
      }
      override onTrainBatchEnd(_outputs: object, _batch: BoringBatch, batchIdx: number) {
        if (batchIdx === this.failing) throw new Error("disk on fire");
      }
    }
    const fit = async (failing: number, dirpath: string, ckptPath?: string) => {
      seedEverything(7);
      const model = new Fails(failing);
      const callback =
        name === "OnExceptionCheckpoint"
          ? new OnExceptionCheckpoint({ dirpath })
          : new ModelCheckpoint({ dirpath, saveOnException: true, filename: "on_exception" });
      const trainer = new Trainer({
        accelerator: cpu({ backend: "cpu" }),
        maxEpochs: 1,
        accumulateGradBatches: 4,
        logger: false,
        enableProgressBar: false,
        enableModelSummary: false,
        callbacks: callback,
        ports: { files, terminal: new FakeTerminal() },
      });
      const { steps } = await trainer.fit(model, loader(6), undefined, { ckptPath });
      return { steps, weight: await model.layer.weight.data() };
    };
    const whole = await fit(-1, "/whole");
    await expect(fit(1, "/ckpt")).rejects.toThrow("disk on fire");
    expect(files.paths()).toContain("/ckpt/on_exception.ckpt");
    expect(await fit(-1, "/ckpt", "/ckpt/on_exception.ckpt")).toEqual(whole);
  },
);

it("leaves the last good file when the new one cannot be written", async () => {
  const files = new MemoryFiles();
  const { callback } = await run({ filename: "model", enableVersionCounter: false }, { epochs: 1, files });
  const before = await files.readFile(callback.bestModelPath);
  files.failWhen((operation, path) =>
    operation === "write" && path.endsWith(".tmp") ? new Error("no space left") : undefined,
  );
  await expect(run({ filename: "model", enableVersionCounter: false }, { epochs: 2, files })).rejects.toThrow(
    /could not be written/,
  );
  files.crash();
  expect(await files.readFile("/ckpt/model.ckpt")).toEqual(before);
});

it("is found by ckptPath best and last", async () => {
  const { trainer, callback, files } = await run({ monitor: "score", saveLast: true });
  const model = new Scored([9, 9, 9, 9, 9]);
  await trainer.validate(model, loader(1), { ckptPath: "best" });
  const { state_dict: weights } = await trainer.strategy.loadCheckpoint(callback.bestModelPath);
  expect(await model.layer.weight.data()).toEqual(
    (weights as unknown as Record<string, tf.TensorBuffer<tf.Rank>>)["layer.weight"]?.values,
  );
  const resumed = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: 6,
    logger: false,
    enableProgressBar: false,
    enableModelSummary: false,
    callbacks: new ModelCheckpoint({ dirpath: "/ckpt" }),
    ports: { files, terminal: new FakeTerminal() },
  });
  const { steps } = await resumed.fit(new Scored([1, 1, 1, 1, 1, 1]), loader(4), loader(1), { ckptPath: "last" });
  expect(steps).toBe(24);
  expect(resumed.ckptPath).toBe("/ckpt/last.ckpt");
});

it("a run resumed into a folder whose name begins another's leaves the other's files alone", async () => {
  const files = new MemoryFiles();
  await run({ dirpath: "/ckpt-old", saveLast: true }, { files });
  const before = [...(await files.list("/ckpt-old"))].sort();
  expect(before).toEqual(["epoch=3-step=16.ckpt", "last.ckpt"]);
  const options = {
    accelerator: cpu({ backend: "cpu" }),
    logger: false,
    enableProgressBar: false,
    enableModelSummary: false,
  } as const;
  const resumed = new Trainer({
    ...options,
    maxEpochs: 6,
    callbacks: new ModelCheckpoint({ dirpath: "/ckpt" }),
    ports: { files, terminal: new FakeTerminal() },
  });
  await resumed.fit(new Scored([1, 1, 1, 1, 1, 1]), loader(4), loader(1), { ckptPath: "/ckpt-old/last.ckpt" });
  expect([...(await files.list("/ckpt-old"))].sort()).toEqual(before);
  expect(await files.list("/ckpt")).toEqual(["epoch=5-step=24.ckpt"]);
});
