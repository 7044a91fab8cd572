import { DataLoader, tf } from "@lightning-ts/core";
import type { Logger } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset, type BoringBatch } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Callback } from "../contract/callback.js";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../trainer/trainer.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import type { LogOptions } from "../words/log-options.js";
import { quietTrainer } from "../trainer/quiet-trainer-under-test.js";

interface Row {
  readonly step: number | undefined;
  readonly metrics: Readonly<Record<string, number>>;
}

function rowLogger(rows: Row[]): Logger {
  return {
    kind: "logger",
    name: "rows",
    version: 0,
    groupSeparator: "/",
    logHyperparams: () => undefined,
    open: () => Promise.resolve(),
    logMetrics: (metrics, step) => void rows.push({ metrics, step }),
    save: () => Promise.resolve(),
    finalize: () => Promise.resolve(),
  };
}

const loader = (batches: number, batchSize = 1) =>
  new DataLoader(randomDataset({ length: batches * batchSize }), { batchSize });

function makeTrainer(options: TrainerOptions): Trainer {
  return quietTrainer({ numSanityValSteps: 0, ...options });
}

/** Logs `m` = 1, 2, 3, … in the training and the validation step. */
class Counting extends BoringModel {
  count = 0;
  constructor(readonly options: LogOptions) {
    super();
  }
  override trainingStep(batch: BoringBatch) {
    this.count += 1;
    this.log("m", tf.scalar(this.count), this.options);
    return this.loss(this.forward(batch[0]));
  }
}

describe("training metrics", () => {
  it("follow the worked example: five batches, windows of two, logged at every step", async () => {
    const rows: Row[] = [];
    const trainer = makeTrainer({ maxEpochs: 2, accumulateGradBatches: 2, logEveryNSteps: 1, logger: rowLogger(rows) });
    const stepsAfterEpoch: number[] = [];
    class Steps extends Callback {
      override onTrainEpochEnd(trainer: Trainer) {
        stepsAfterEpoch.push(trainer.globalStep);
      }
    }
    trainer.callbacks = [...trainer.callbacks, new Steps()];
    await trainer.fit(new Counting({ onStep: true, onEpoch: true }), loader(5));
    expect(stepsAfterEpoch).toEqual([3, 6]);
    expect(
      rows
        .filter(({ metrics }) => "m_step" in metrics)
        .map(({ step, metrics }) => [step, metrics["m_step"], metrics["epoch"]]),
    ).toEqual([
      ...[
        [0, 2, 0],
        [1, 4, 0],
        [2, 5, 0],
      ],
      ...[
        [3, 7, 1],
        [4, 9, 1],
        [5, 10, 1],
      ],
    ]);
    expect(
      rows.filter(({ metrics }) => "m_epoch" in metrics).map(({ step, metrics }) => [step, metrics["m_epoch"]]),
    ).toEqual([
      [2, 3],
      [5, 8],
    ]);
  });

  it.each([
    { options: { onStep: true, onEpoch: false }, atStep: ["m"], atEnd: ["m"] },
    { options: { onStep: false, onEpoch: true }, atStep: [], atEnd: ["m"] },
    { options: { onStep: true, onEpoch: true }, atStep: ["m", "m_step"], atEnd: ["m", "m_epoch", "m_step"] },
  ])("publish $options to callbacks under Lightning's names", async ({ options, atStep, atEnd }) => {
    const seen: string[][] = [];
    class Look extends Callback {
      override readonly monitorsMetrics = true;
      override onTrainBatchEnd(trainer: Trainer) {
        seen.push(Object.keys(trainer.callbackMetrics).sort());
      }
      override onTrainEpochEnd(trainer: Trainer) {
        seen.push(Object.keys(trainer.callbackMetrics).sort());
      }
    }
    const trainer = makeTrainer({ maxEpochs: 1, callbacks: new Look() });
    await trainer.fit(new Counting(options), loader(1));
    expect(seen).toEqual([atStep, atEnd]);
  });

  it("are the value of the step while an epoch runs, and the value of the epoch after it", async () => {
    const seen: (number | undefined)[] = [];
    class Look extends Callback {
      override readonly monitorsMetrics = true;
      override onTrainBatchEnd(trainer: Trainer) {
        seen.push(trainer.readMetric("m"));
      }
      override onTrainEpochEnd(trainer: Trainer) {
        seen.push(trainer.readMetric("m"));
      }
    }
    await makeTrainer({ maxEpochs: 1, callbacks: new Look() }).fit(
      new Counting({ onStep: true, onEpoch: true }),
      loader(3),
    );
    expect(seen).toEqual([1, 2, 3, 2]);
  });

  it.each([
    ["mean", 2],
    ["sum", 6],
    ["min", 1],
    ["max", 3],
  ] as const)("are reduced over the epoch by %s", async (reduceFx, expected) => {
    const trainer = makeTrainer({ maxEpochs: 1 });
    const { metrics } = await trainer.fit(new Counting({ onStep: false, onEpoch: true, reduceFx }), loader(3));
    expect(metrics).toEqual({ m: expected });
  });

  it("weight the mean by batch size, also when the last batch is smaller", async () => {
    const trainer = makeTrainer({ maxEpochs: 1 });
    const { metrics } = await trainer.fit(
      new Counting({ onStep: false, onEpoch: true }),
      new DataLoader(randomDataset({ length: 5 }), { batchSize: 4 }),
    );
    expect(metrics["m"]).toBeCloseTo((1 * 4 + 2 * 1) / 5, 12);
  });

  it("collect more values than wait on the device at once", async () => {
    const trainer = makeTrainer({ maxEpochs: 1 });
    const { metrics } = await trainer.fit(new Counting({ onStep: false, onEpoch: true, reduceFx: "sum" }), loader(150));
    expect(metrics["m"]).toBe((150 * 151) / 2);
  });

  it("leave no tensor behind", async () => {
    const counts: number[] = [];
    class Count extends Callback {
      override onTrainEpochEnd() {
        counts.push(tf.memory().numTensors);
      }
    }
    await makeTrainer({ maxEpochs: 4, callbacks: new Count() }).fit(
      new Counting({ onStep: true, onEpoch: true }),
      loader(70),
    );
    expect(new Set(counts.slice(1)).size).toBe(1);
  });

  it("are read only when somebody looks", async () => {
    let reads = 0;
    class Lazy extends BoringModel {
      override trainingStep(batch: BoringBatch) {
        const loss = this.loss(this.forward(batch[0]));
        this.log("train_loss", loss);
        return loss;
      }
    }
    class CountReads extends Callback {
      override onTrainStart() {
        const backend = tf.backend();
        const original = backend.readSync.bind(backend);
        backend.readSync = (dataId) => {
          reads += 1;
          return original(dataId);
        };
      }
      override onTrainEpochEnd(trainer: Trainer) {
        if (trainer.currentEpoch === 0) atEpochEnd = reads;
      }
    }
    let atEpochEnd = -1;
    await makeTrainer({ maxEpochs: 1, callbacks: new CountReads(), logEveryNSteps: 50, logger: rowLogger([]) }).fit(
      new Lazy(),
      loader(49),
    );
    expect(atEpochEnd).toBe(await readsWithoutLogging());
  });
});

/** Reads that training needs anyway: tfjs' `cpu` kernels read some of their inputs. */
async function readsWithoutLogging(): Promise<number> {
  let reads = 0;
  let atEpochEnd = -1;
  class CountReads extends Callback {
    override onTrainStart() {
      const backend = tf.backend();
      const original = backend.readSync.bind(backend);
      backend.readSync = (dataId) => {
        reads += 1;
        return original(dataId);
      };
    }
    override onTrainEpochEnd(_trainer: Trainer, _module: LightningModule) {
      atEpochEnd = reads;
    }
  }
  await makeTrainer({ maxEpochs: 1, callbacks: new CountReads() }).fit(new BoringModel(), loader(49));
  return atEpochEnd;
}

describe("evaluation metrics", () => {
  class Evaluated extends BoringModel {
    constructor(readonly options: LogOptions = {}) {
      super();
    }
    override testStep(_batch: BoringBatch, batchIdx: number, dataloaderIdx: number) {
      this.log("m", batchIdx + 10 * dataloaderIdx, this.options);
    }
    override onTestEpochEnd() {
      this.log("all", 42);
    }
  }

  it("come back as one dictionary, and go to the loggers in one call", async () => {
    const rows: Row[] = [];
    const trainer = makeTrainer({ logger: rowLogger(rows) });
    const results = await trainer.test(new Evaluated(), loader(3));
    expect(results).toEqual([{ m: 1, all: 42 }]);
    expect(rows).toEqual([{ metrics: { m: 1, all: 42, epoch: 0 }, step: 0 }]);
  });

  it("are named by loader when there are several, and what is logged at the end belongs to all", async () => {
    const rows: Row[] = [];
    const trainer = makeTrainer({ logger: rowLogger(rows) });
    const results = await trainer.test(new Evaluated({ onStep: true, onEpoch: true }), [loader(2), loader(1)]);
    expect(results).toEqual([
      { "m_epoch/dataloader_idx_0": 0.5, all: 42 },
      { "m_epoch/dataloader_idx_1": 10, all: 42 },
    ]);
    expect(rows.slice(0, 3).map(({ step, metrics }) => [step, Object.keys(metrics)])).toEqual([
      [0, ["m_step/dataloader_idx_0"]],
      [1, ["m_step/dataloader_idx_0"]],
      [0, ["m_step/dataloader_idx_1"]],
    ]);
  });

  it("are printed as a table", async () => {
    const terminal = new FakeTerminal();
    await makeTrainer({ ports: { files: new MemoryFiles(), terminal } }).test(new Evaluated(), [loader(2), loader(1)]);
    expect(terminal.text).toContain("Test metric  DataLoader 0  DataLoader 1");
    expect(terminal.text).toMatch(/^m +0\.5 +10$/m);
  });
});

describe("mistakes in log() say what to do", () => {
  const log = async (
    call: (module: LightningModule) => void,
    where: "trainingStep" | "onFitStart" | "onTrainEpochEnd" = "trainingStep",
  ) => {
    class Mistaken extends BoringModel {
      override onFitStart() {
        if (where === "onFitStart") call(this);
      }
      override onTrainEpochEnd() {
        if (where === "onTrainEpochEnd") call(this);
      }
      override trainingStep(batch: BoringBatch) {
        if (where === "trainingStep") call(this);
        return this.loss(this.forward(batch[0]));
      }
    }
    await makeTrainer({ maxEpochs: 1 }).fit(new Mistaken(), loader(1));
  };

  it.each<[string, RegExp, (module: LightningModule) => void, ("onFitStart" | "onTrainEpochEnd")?]>([
    [
      "a hook that cannot log",
      /does not work in onFitStart|in onFitStart, where nothing/,
      (module) => module.log("a", 1),
      "onFitStart",
    ],
    [
      "a step value at the end of an epoch",
      /no step to log.*onStep: false, onEpoch: true/,
      (module) => module.log("a", 1, { onStep: true }),
      "onTrainEpochEnd",
    ],
    [
      "neither step nor epoch",
      /would never be seen/,
      (module) => module.log("a", 1, { onStep: false, onEpoch: false }),
    ],
    ["several values", /shape \[2\].*log\("a", value\.mean\(\)\)/, (module) => module.log("a", tf.tensor([1, 2]))],
    [
      "something that is no number",
      /log\("a"\) cannot log this.*"text"/,
      (module) => module.log("a", "text" as unknown as number),
    ],
    [
      "an unknown reduction",
      /"mean", "sum", "min", "max".*Received "median"/,
      (module) => module.log("a", 1, { reduceFx: "median" as "mean" }),
    ],
    [
      "an unknown option",
      /no option "prog_bar".*progBar/,
      (module) => module.log("a", 1, { prog_bar: true } as LogOptions),
    ],
    ["a loader's suffix", /is added by the Trainer/, (module) => module.log("a/dataloader_idx_0", 1)],
    [
      "the same name with other options",
      /called twice in trainingStep with different options/,
      (module) => {
        module.log("a", 1);
        module.log("a", 1, { onEpoch: true });
      },
    ],
  ])("%s", async (_name, message, call, where) => {
    await expect(log(call, where)).rejects.toThrow(message);
  });

  it("without a Trainer it does nothing, so that steps can be tested alone", () => {
    expect(() => new BoringModel().log("a", 1)).not.toThrow();
  });
});
