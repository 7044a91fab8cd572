import { DataLoader, F, nn, optim, tf } from "@lightning-ts/core";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Callback } from "../../contract/callback.js";
import { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../trainer/trainer.js";
import type { TrainerOptions } from "../../options/trainer-options.js";
import type { CheckpointContent } from "../../words/checkpoint-content.js";
import { recordedRows, type RecordedState, takeRecorded, valuesOf } from "../recorded-models-under-test.js";
import { averagingTrainer } from "./averaging-trainer-under-test.js";
import { EMAWeightAveraging, type EMAWeightAveragingOptions } from "./ema-weight-averaging.js";
import recorded from "./fixtures/weight-averaging.json" with { type: "json" };
import { WeightAveraging } from "./weight-averaging.js";

type Batch = [x: tf.Tensor2D, y: tf.Tensor2D];
type Saved = Readonly<Record<string, unknown>>;

const START: RecordedState = recorded.cases[0]?.start ?? {};
const data = recordedRows(recorded.x.values, recorded.y.values);

class Model extends LightningModule<Batch> {
  readonly net = new nn.Sequential(new nn.Linear(3, 4), new nn.BatchNorm1d(4), new nn.Tanh(), new nn.Linear(4, 1));
  readonly valLosses: number[] = [];
  failsInEpoch = -1;

  constructor() {
    super();
    takeRecorded(this, START);
  }
  override trainingStep([x, y]: Batch) {
    return F.mseLoss(this.net.forward(x), y);
  }
  override validationStep([x, y]: Batch) {
    if (this.currentEpoch === this.failsInEpoch) throw new Error("no more");
    this.valLosses.push(F.mseLoss(this.net.forward(x), y).dataSync()[0] ?? Number.NaN);
  }
  override configureOptimizers() {
    return new optim.SGD(this.parameters(), { lr: 0.1 });
  }
}

/** Keeps what a checkpoint after the seventh step would hold. */
class KeepCheckpoint extends Callback {
  content: Record<string, RecordedState> = {};
  override onSaveCheckpoint(_trainer: Trainer, _module: LightningModule, checkpoint: CheckpointContent) {
    for (const key of ["state_dict", "current_model_state", "averaging_state"])
      this.content[key] = valuesOf(checkpoint[key]);
  }
  override async onTrainBatchEnd(trainer: Trainer) {
    if (trainer.globalStep === 7) await trainer.saveCheckpoint("/seventh.ckpt");
  }
}

const files = new MemoryFiles();

const makeTrainer = (callbacks: Callback[], backend: string, options: TrainerOptions = {}) =>
  averagingTrainer(files, backend, { maxEpochs: 3, ...options, callbacks });

const train = () => new DataLoader(data, { batchSize: 3 });
const val = () => new DataLoader(data, { batchSize: 12 });

function expectClose(state: RecordedState, wanted: RecordedState): void {
  expect(Object.keys(state).toSorted()).toEqual(Object.keys(wanted).toSorted());
  for (const [name, tensor] of Object.entries(wanted)) {
    for (const [i, value] of (tensor?.values ?? []).entries())
      expect(state[name]?.values[i], `${name}[${i}]`).toBeCloseTo(value, 4);
  }
}

const CALLBACKS: Readonly<Record<string, () => WeightAveraging>> = {
  "mean of all steps": () => new WeightAveraging(),
  "moving averages": () => new EMAWeightAveraging({ decay: 0.9 }),
  "every second step": () => new EMAWeightAveraging({ decay: 0.8, updateEveryNSteps: 2 }),
  "accumulated steps": () => new EMAWeightAveraging({ decay: 0.7 }),
  "without buffers": () => new EMAWeightAveraging({ decay: 0.9, useBuffers: false }),
  "steps and epochs": () => new EMAWeightAveraging({ decay: 0.9, updateEveryNSteps: 3, updateStartingAtEpoch: 1 }),
};

describe.each(["cpu", "onnxruntime"])("WeightAveraging on %s", (backend) => {
  it.each(recorded.cases.map((one) => [one.name, one] as const))(
    "validates, saves and ends with the weights that Lightning has: %s",
    async (name, wanted) => {
      const averaging = CALLBACKS[name]?.();
      if (averaging === undefined) throw new Error(`no callback for ${name}`);
      const keep = new KeepCheckpoint();
      const model = new Model();
      const accumulateGradBatches = name === "accumulated steps" ? 2 : 1;
      await makeTrainer([averaging, keep], backend, { accumulateGradBatches }).fit(model, train(), val());
      for (const [i, loss] of wanted.valLosses.entries()) expect(model.valLosses[i]).toBeCloseTo(loss, 4);
      expectClose(valuesOf(model.stateDict()), wanted.end);
      const { callback, ...saved }: Saved = wanted.saved;
      for (const [key, state] of Object.entries(saved)) expectClose(keep.content[key] ?? {}, state as RecordedState);
      if (callback !== undefined)
        expect(averaging.stateDict()).toMatchObject({ latest_update_step: expect.any(Number) });
    },
  );

  it("goes on from a checkpoint as if it had not stopped", async () => {
    const whole = new Model();
    await makeTrainer([new EMAWeightAveraging({ decay: 0.9 }), new KeepCheckpoint()], backend).fit(
      whole,
      train(),
      val(),
    );
    const resumed = new Model();
    const trainer = makeTrainer([new EMAWeightAveraging({ decay: 0.9 })], backend);
    await trainer.fit(resumed, train(), val(), { ckptPath: "/seventh.ckpt" });
    expect(valuesOf(resumed.stateDict())).toEqual(valuesOf(whole.stateDict()));
    expect(resumed.valLosses).toEqual(whole.valLosses.slice(1));
  });

  it("gives the model its own weights back when a validation fails", async () => {
    const model = new Model();
    model.failsInEpoch = 1;
    const free = new Model();
    const run = makeTrainer([new EMAWeightAveraging({ decay: 0.9 })], backend).fit(model, train(), val());
    await expect(run).rejects.toThrow("no more");
    await makeTrainer([], backend, { maxEpochs: 2 }).fit(free, train(), val());
    expect(valuesOf(model.stateDict())).toEqual(valuesOf(free.stateDict()));
  });

  it("leaves no tensor behind", async () => {
    const callbacks = [new EMAWeightAveraging({ decay: 0.9 })];
    const numTensors: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      const model = new Model();
      const trainer = makeTrainer(callbacks, backend);
      await trainer.fit(model, train(), val());
      for (const { optimizer } of trainer.optimizers) optimizer.dispose();
      model.dispose();
      numTensors.push(tf.memory().numTensors);
    }
    expect(numTensors[2]).toBe(numTensors[1]);
  });
});

describe("WeightAveraging without averages", () => {
  const never = () => new EMAWeightAveraging({ updateStartingAtStep: 1_000 });

  it("validates and ends with the model's own weights as long as nothing was averaged", async () => {
    const [model, free] = [new Model(), new Model()];
    await makeTrainer([never()], "cpu").fit(model, train(), val());
    await makeTrainer([], "cpu").fit(free, train(), val());
    expect(model.valLosses).toEqual(free.valLosses);
    expect(valuesOf(model.stateDict())).toEqual(valuesOf(free.stateDict()));
  });

  it("begins with the weights of a checkpoint that was written without it, and says so", async () => {
    await makeTrainer([new KeepCheckpoint()], "cpu").fit(new Model(), train(), val());
    const terminal = new FakeTerminal();
    const trainer = makeTrainer([new WeightAveraging()], "cpu", { ports: { files, terminal } });
    await trainer.fit(new Model(), train(), val(), { ckptPath: "/seventh.ckpt" });
    expect(terminal.warnings.join()).toContain("The checkpoint was written without WeightAveraging.");
  });

  it("does nothing in validation and tests outside of a fit", async () => {
    const model = new Model();
    await makeTrainer([new WeightAveraging()], "cpu").validate(model, val());
    const free = new Model();
    await makeTrainer([], "cpu").validate(free, val());
    expect(model.valLosses).toEqual(free.valLosses);
  });
});

describe("options of the averaging callbacks", () => {
  it.each([
    [{ decay: 1.5 }, "EMAWeightAveraging cannot use this decay. Expected a number from 0 to 1. Received 1.5."],
    [{ decay: Number.NaN }, "Received NaN."],
    [{ updateEveryNSteps: 0 }, "Expected a whole number of at least 1. Received 0."],
    [{ updateStartingAtStep: -1 }, "Expected a whole number of at least 0. Received -1."],
    [{ updateStartingAtEpoch: 0.5 }, "Expected a whole number of at least 0. Received 0.5."],
    [{ device: "cpu" }, 'EMAWeightAveraging has no option "device"'],
  ])("refuses %j", (options, message) => {
    expect(() => new EMAWeightAveraging(options as EMAWeightAveragingOptions)).toThrow(message);
  });

  it("refuses two ways of averaging", () => {
    const { getEmaAvgFn, getSwaMultiAvgFn } = optim.swaUtils;
    const options = { avgFn: getEmaAvgFn(0.9), multiAvgFn: getSwaMultiAvgFn() };
    expect(() => new WeightAveraging(options)).toThrow(/in one way only/);
  });
});
