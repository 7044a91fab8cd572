import { DataLoader, F, nn, optim, tf } from "@lightning-ts/core";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { Callback } from "../../contract/callback.js";
import { LightningModule } from "../../contract/lightning-module.js";
import type { TrainerOptions } from "../../options/trainer-options.js";
import type { Trainer } from "../../trainer/trainer.js";
import { LambdaCallback } from "../lambda-callback.js";
import { recordedRows, type RecordedState, takeRecorded, valuesOf } from "../recorded-models-under-test.js";
import { averagingTrainer } from "./averaging-trainer-under-test.js";
import recorded from "./fixtures/stochastic-weight-averaging.json" with { type: "json" };
import { StochasticWeightAveraging } from "./stochastic-weight-averaging.js";
import type { StochasticWeightAveragingOptions } from "./swa-options.js";

type Batch = [x: tf.Tensor2D, y: tf.Tensor2D];

const data = recordedRows(recorded.x.values, recorded.y.values);
const startOf = (name: string): RecordedState => recorded.cases.find((one) => one.name === name)?.start ?? {};

interface Variant {
  readonly hasBatchNorm: boolean;
  readonly isScheduled?: boolean;
  readonly hasGroups?: boolean;
}

class Model extends LightningModule<Batch> {
  readonly net: nn.Sequential;
  readonly trainLosses: number[] = [];
  readonly valLosses: number[] = [];
  readonly rates: number[][] = [];
  momentaInTraining: unknown[] = [];

  constructor(readonly variant: Variant = { hasBatchNorm: true }) {
    super();
    const middle = variant.hasBatchNorm ? new nn.BatchNorm1d(4) : new nn.Identity();
    this.net = new nn.Sequential(new nn.Linear(3, 4), middle, new nn.Tanh(), new nn.Linear(4, 1));
    takeRecorded(this, startOf(variant.hasBatchNorm ? "the last epochs" : "without batch norms"));
  }
  get norm(): nn.Module | undefined {
    return this.net.children()[1];
  }
  override trainingStep([x, y]: Batch) {
    this.rates.push(this.trainer.optimizers[0]?.paramGroups.map(({ lr }) => lr) ?? []);
    const loss = F.mseLoss(this.net.forward(x), y);
    this.trainLosses.push(loss.dataSync()[0] ?? Number.NaN);
    return loss;
  }
  override validationStep([x, y]: Batch) {
    this.valLosses.push(F.mseLoss(this.net.forward(x), y).dataSync()[0] ?? Number.NaN);
  }
  override configureOptimizers() {
    const [first, , , last] = this.net.children();
    const groups = [first, last].flatMap((layer) => (layer === undefined ? [] : [{ params: layer.parameters() }]));
    const optimizer = new optim.SGD(this.variant.hasGroups === true ? groups : this.parameters(), { lr: 0.1 });
    const { isScheduled = false } = this.variant;
    const lrScheduler = isScheduled ? new optim.lrScheduler.StepLR(optimizer, { stepSize: 1, gamma: 0.5 }) : undefined;
    return { optimizer, lrScheduler };
  }
}

const files = new MemoryFiles();

const makeTrainer = (callbacks: Callback[], backend: string, options: TrainerOptions = {}) =>
  averagingTrainer(files, backend, { maxEpochs: 6, ...options, callbacks });

const train = () => new DataLoader(data, { batchSize: 3 });
const val = () => new DataLoader(data, { batchSize: 12 });

interface Case {
  readonly options: StochasticWeightAveragingOptions;
  readonly variant?: Variant;
  readonly accumulateGradBatches?: number;
}
const CASES: Readonly<Record<string, Case>> = {
  "the last epochs": { options: { swaLrs: 0.05 } },
  "without batch norms": { options: { swaLrs: 0.05, swaEpochStart: 0.5 }, variant: { hasBatchNorm: false } },
  "annealed along a cosine": { options: { swaLrs: 0.01, swaEpochStart: 2, annealingEpochs: 3 } },
  "annealed along a line": {
    options: { swaLrs: 0.01, swaEpochStart: 2, annealingEpochs: 3, annealingStrategy: "linear" },
  },
  "in the place of a scheduler": {
    options: { swaLrs: 0.02, swaEpochStart: 3, annealingEpochs: 2 },
    variant: { hasBatchNorm: true, isScheduled: true },
  },
  "a rate for each group": {
    options: { swaLrs: [0.02, 0.3], swaEpochStart: 1, annealingEpochs: 2 },
    variant: { hasBatchNorm: false, hasGroups: true },
  },
  "accumulated steps": { options: { swaLrs: 0.05, swaEpochStart: "50%" }, accumulateGradBatches: 2 },
  "an average of its own": {
    options: {
      swaLrs: 0.05,
      swaEpochStart: 2,
      avgFn: (average, value) => tf.add(tf.mul(average, 0.75), tf.mul(value, 0.25)),
    },
  },
};

function expectClose(state: RecordedState, wanted: RecordedState, names = Object.keys(wanted)): void {
  for (const name of names)
    for (const [i, value] of (wanted[name]?.values ?? []).entries())
      expect(state[name]?.values[i], `${name}[${i}]`).toBeCloseTo(value, 4);
}

/** What Lightning's callback has saved after step 18, and ours. */
function expectSaved(state: Record<string, unknown>, saved: Partial<(typeof recorded.cases)[number]["saved"]>): void {
  if (saved.n_averaged === undefined) return;
  const { n_averaged, latest_update_epoch, average } = saved;
  expect(state).toMatchObject({ n_averaged, latest_update_epoch });
  expectClose(valuesOf(state["average_model_state"]), average ?? {}, ["net.0.weight", "net.0.bias", "net.3.weight"]);
}

describe.each(["cpu", "onnxruntime"])("StochasticWeightAveraging on %s", (backend) => {
  it.each(recorded.cases.map((one) => [one.name, one] as const))(
    "trains, anneals, validates and ends as Lightning does: %s",
    async (name, wanted) => {
      const { options, variant, accumulateGradBatches = 1 } = CASES[name] ?? { options: { swaLrs: 0 } };
      const averaging = new StochasticWeightAveraging(options);
      const onTrainBatchEnd = (trainer: Trainer) => {
        if (trainer.globalStep === 18 && accumulateGradBatches === 1) expectSaved(averaging.stateDict(), wanted.saved);
      };
      const model = new Model(variant);
      const trainer = makeTrainer([averaging, new LambdaCallback({ onTrainBatchEnd })], backend, {
        accumulateGradBatches,
      });
      await trainer.fit(model, train(), val());
      for (const [i, loss] of wanted.trainLosses.entries()) expect(model.trainLosses[i]).toBeCloseTo(loss, 4);
      for (const [i, loss] of wanted.valLosses.entries()) expect(model.valLosses[i]).toBeCloseTo(loss, 4);
      for (const [i, rates] of wanted.rates.entries())
        for (const [group, rate] of rates.entries()) expect(model.rates[i]?.[group]).toBeCloseTo(rate, 7);
      expect([trainer.globalStep, trainer.currentEpoch]).toEqual([wanted.steps, wanted.epochs]);
      expect(trainer.maxEpochs).toBe(6);
      expectClose(valuesOf(model.stateDict()), wanted.end);
    },
  );

  it.each([
    [10, "while it averages"],
    [26, "in the epoch that computes the statistics of batch norms"],
  ])("goes on from a checkpoint after batch %d, %s, as if it had not stopped", async (batches) => {
    const make = () => new StochasticWeightAveraging({ swaLrs: 0.05, swaEpochStart: 2, annealingEpochs: 3 });
    const path = `/after-${batches}.ckpt`;
    const onTrainBatchEnd = async (trainer: Trainer) => {
      if (trainer.batchesSeen === batches) await trainer.saveCheckpoint(path);
    };
    const whole = new Model({ hasBatchNorm: true, isScheduled: true });
    await makeTrainer([make(), new LambdaCallback({ onTrainBatchEnd })], backend).fit(whole, train(), val());
    const resumed = new Model({ hasBatchNorm: true, isScheduled: true });
    await makeTrainer([make()], backend).fit(resumed, train(), val(), { ckptPath: path });
    expect(valuesOf(resumed.stateDict())).toEqual(valuesOf(whole.stateDict()));
    expect(resumed.trainLosses).toEqual(whole.trainLosses.slice(batches));
    expect(resumed.rates).toEqual(whole.rates.slice(batches));
  });

  it("leaves no tensor behind", async () => {
    const averaging = new StochasticWeightAveraging({ swaLrs: 0.05, swaEpochStart: 0.5 });
    const numTensors: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      const model = new Model();
      const trainer = makeTrainer([averaging], backend, { maxEpochs: 2 });
      await trainer.fit(model, train(), val());
      trainer.dispose();
      model.dispose();
      numTensors.push(tf.memory().numTensors);
    }
    expect(numTensors[2]).toBe(numTensors[1]);
  });
});

describe("StochasticWeightAveraging", () => {
  const early = () => new StochasticWeightAveraging({ swaLrs: 0.05, swaEpochStart: 1 });

  it("gives limits and batch norms back after a run that failed in its last epoch", async () => {
    const model = new Model();
    const onTrainBatchEnd = (trainer: Trainer) => {
      if (trainer.currentEpoch === 2) throw new Error("no more");
    };
    const trainer = makeTrainer([early(), new LambdaCallback({ onTrainBatchEnd })], "cpu", { maxEpochs: 2 });
    await expect(trainer.fit(model, train())).rejects.toThrow("no more");
    expect(trainer.maxEpochs).toBe(2);
    expect(trainer.skipsBackward).toBe(false);
    expect(model.norm).toMatchObject({ momentum: 0.1 });
  });

  it("leaves the weights as they are where training stops before the end", async () => {
    const stop = new LambdaCallback({ onTrainEpochEnd: (trainer) => void (trainer.shouldStop = true) });
    const [model, free] = [new Model(), new Model()];
    await makeTrainer([new StochasticWeightAveraging({ swaLrs: 0.05, swaEpochStart: 2 }), stop], "cpu").fit(
      model,
      train(),
    );
    await makeTrainer([stop], "cpu").fit(free, train());
    expect(valuesOf(model.stateDict())).toEqual(valuesOf(free.stateDict()));
  });

  it("averages in a fit without a limit, which begins at an epoch", async () => {
    const options = { maxEpochs: -1, maxSteps: 12 };
    const model = new Model();
    const weights: Float32Array[] = [];
    const keep = new LambdaCallback({
      onTrainEpochStart: () => void weights.push(Float32Array.from(model.parameters()[0]?.dataSync() ?? [])),
    });
    await makeTrainer([early(), keep], "cpu", options).fit(model, train());
    const mean = (weights[0] ?? []).map((_, i) => weights.reduce((sum, one) => sum + (one[i] ?? 0), 0) / 3);
    expect(weights).toHaveLength(3);
    for (const [i, value] of mean.entries()) expect(model.parameters()[0]?.dataSync()[i]).toBeCloseTo(value, 5);
    const part = makeTrainer([new StochasticWeightAveraging({ swaLrs: 0.1 })], "cpu", options);
    await expect(part.fit(new Model(), train())).rejects.toThrow("this fit has no limit");
  });

  it("says when it begins late, after a checkpoint without averages", async () => {
    const save = new LambdaCallback({ onTrainEnd: (trainer) => trainer.saveCheckpoint("/without.ckpt") });
    await makeTrainer([save], "cpu", { maxEpochs: 2 }).fit(new Model(), train());
    const terminal = new FakeTerminal();
    const trainer = makeTrainer([early()], "cpu", { maxEpochs: 4, ports: { files, terminal } });
    await trainer.fit(new Model(), train(), undefined, { ckptPath: "/without.ckpt" });
    expect(terminal.warnings.join()).toContain("begins in epoch 2 instead of 0");
  });

  it("says when it takes the place of a scheduler that steps otherwise", async () => {
    class Stepwise extends Model {
      override configureOptimizers() {
        const { optimizer } = super.configureOptimizers();
        const scheduler = new optim.lrScheduler.StepLR(optimizer, { stepSize: 1 });
        return { optimizer, lrScheduler: { scheduler, interval: "step" } } as never;
      }
    }
    const terminal = new FakeTerminal();
    const trainer = makeTrainer([early()], "cpu", { maxEpochs: 1, ports: { files, terminal } });
    await trainer.fit(new Stepwise(), train());
    expect(terminal.warnings.join()).toContain("StepLR, whose place it takes, stepped every 1 of step.");
  });

  it("refuses several optimizers", async () => {
    class Two extends Model {
      override automaticOptimization = false;
      override configureOptimizers() {
        const make = () => new optim.SGD(this.parameters(), { lr: 0.1 });
        return [make(), make()] as never;
      }
    }
    await expect(makeTrainer([early()], "cpu").fit(new Two(), train())).rejects.toThrow(
      "2 optimizers and 0 schedulers",
    );
  });

  it("trains nothing in its last epoch where the module optimizes by itself", async () => {
    class Manual extends Model {
      override automaticOptimization = false;
      readonly weights: string[] = [];
      override trainingStep(batch: Batch) {
        const [optimizer] = this.trainer.optimizers;
        const loss = super.trainingStep(batch);
        optimizer?.zeroGrad();
        void this.manualBackward(loss);
        void optimizer?.step();
        this.weights.push(String(this.parameters()[0]?.dataSync()));
        return loss;
      }
    }
    const model = new Manual();
    await makeTrainer([early()], "cpu", { maxEpochs: 2 }).fit(model, train());
    expect(model.weights).toHaveLength(12);
    expect(new Set(model.weights.slice(0, 8)).size).toBe(8);
    expect(new Set(model.weights.slice(8)).size).toBe(1);
  });

  it.each([
    [{ swaLrs: 0 }, "swaLrs. Expected a number above 0, or a list of them. Received 0."],
    [{ swaLrs: [0.1, Number.NaN] }, "cannot use this swaLrs"],
    [{ swaLrs: [] }, "cannot use this swaLrs"],
    [{ swaLrs: 1, swaEpochStart: 1.5 }, "cannot use this swaEpochStart"],
    [{ swaLrs: 1, swaEpochStart: -1 }, "cannot use this swaEpochStart"],
    [{ swaLrs: 1, annealingEpochs: 0.5 }, "annealingEpochs. Expected a whole number of at least 0."],
    [{ swaLrs: 1, annealingStrategy: "exp" }, 'annealingStrategy. Expected "cos" or "linear".'],
    [{ swaLrs: 1, avgFn: 3 }, "cannot use this avgFn"],
    [{ swaLrs: 1, device: "cpu" }, 'has no option "device"'],
  ])("refuses %j", (options, message) => {
    expect(() => new StochasticWeightAveraging(options as StochasticWeightAveragingOptions)).toThrow(message);
  });

  it("refuses a state that is none", () => {
    expect(() => early().loadStateDict({ n_averaged: "two" })).toThrow("cannot be read");
  });
});
