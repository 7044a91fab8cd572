import { DataLoader, F, nn, optim, tf } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { Callback } from "../../contract/callback.js";
import { LightningModule } from "../../contract/lightning-module.js";
import type { TrainerOptions } from "../../options/trainer-options.js";
import { LambdaCallback } from "../lambda-callback.js";
import { recordedRows, type RecordedState, takeRecorded, valuesOf } from "../recorded-models-under-test.js";
import recorded from "./fixtures/model-pruning.json" with { type: "json" };
import { ModelPruning } from "./model-pruning.js";
import type { ModelPruningOptions, PrunedField } from "./pruning-options.js";
import { quietTrainer } from "../../trainer/quiet-trainer-under-test.js";

type Batch = [x: tf.Tensor2D, y: tf.Tensor2D];

const START: RecordedState = recorded.cases[0]?.start ?? {};
const data = recordedRows(recorded.x.values, recorded.y.values);

class Model extends LightningModule<Batch> {
  readonly net = new nn.Sequential(new nn.Linear(3, 6), new nn.Tanh(), new nn.Linear(6, 1));
  readonly trainLosses: number[] = [];
  readonly valLosses: number[] = [];

  constructor() {
    super();
    takeRecorded(this, START);
  }
  override trainingStep([x, y]: Batch) {
    const loss = F.mseLoss(this.net.forward(x), y);
    this.trainLosses.push(loss.dataSync()[0] ?? Number.NaN);
    return loss;
  }
  override validationStep([x, y]: Batch) {
    this.valLosses.push(F.mseLoss(this.net.forward(x), y).dataSync()[0] ?? Number.NaN);
  }
  override configureOptimizers() {
    return new optim.SGD(this.parameters(), { lr: 0.1, momentum: 0.5 });
  }
  layer(index: number): nn.Module {
    return this.net.children()[index] ?? this;
  }
}

const files = new MemoryFiles();
let terminal = new FakeTerminal();

function makeTrainer(callbacks: Callback[], backend = "cpu", options: TrainerOptions = {}) {
  terminal = new FakeTerminal();
  return quietTrainer({
    accelerator: cpu({ backend }),
    maxEpochs: 4,
    numSanityValSteps: 0,
    ports: { files, terminal },
    ...options,
    callbacks,
  });
}

const train = () => new DataLoader(data, { batchSize: 3 });
const val = () => new DataLoader(data, { batchSize: 12 });

const l1 = { pruningFn: "l1_unstructured", useLotteryTicketHypothesis: false } as const;
const CASES: Readonly<Record<string, (model: Model) => ModelPruningOptions>> = {
  "lottery tickets": () => ({ pruningFn: "l1_unstructured", verbose: 1 }),
  "a part of all parameters": () => ({ ...l1, amount: 0.2, verbose: 2 }),
  "a number in each parameter": () => ({
    ...{ ...l1, amount: 1, useGlobalUnstructured: false, parameterNames: ["weight"], verbose: 2 },
  }),
  channels: (model) => ({
    ...{ ...l1, pruningFn: "ln_structured", amount: 1, pruningDim: 0, pruningNorm: 2, useGlobalUnstructured: false },
    parametersToPrune: [[model.layer(0), "weight"]],
  }),
  "by the epoch": () => ({
    pruningFn: "l1_unstructured",
    amount: (epoch) => [0, 0.3, 0.1, 5][epoch] ?? 0,
    applyPruning: (epoch) => epoch !== 2,
    useLotteryTicketHypothesis: (epoch) => epoch === 3,
  }),
  "not for good": () => ({ ...l1, amount: 0.25, makePruningPermanent: false }),
  "after validation": () => ({ ...l1, amount: 0.25, pruneOnTrainEpochEnd: false }),
};

function expectClose(state: RecordedState, wanted: RecordedState): void {
  expect(Object.keys(state).toSorted()).toEqual(Object.keys(wanted).toSorted());
  for (const [name, tensor] of Object.entries(wanted))
    for (const [i, value] of (tensor?.values ?? []).entries())
      expect(state[name]?.values[i], `${name}[${i}]`).toBeCloseTo(value, 4);
}

/** Tensors and buffers of an entry of a checkpoint. */
function savedValues(state: unknown): RecordedState {
  const entries = state instanceof Map ? [...state] : Object.entries(state ?? {});
  const values = entries.map(([name, tensor]: [string, unknown]) => {
    const held = tensor instanceof tf.Tensor ? tensor.dataSync() : Object(tensor).values;
    return [name, { values: [...held] }] as const;
  });
  return Object.fromEntries(values);
}

/** Weights behind a mask may differ in what nobody sees: their zeros have another sign. */
function withoutSigns(model: Model): RecordedState {
  const entries = Object.entries(valuesOf(model.stateDict())).filter(([name]) => !name.endsWith("_orig"));
  return Object.fromEntries(
    entries.map(([name, tensor]) => [name, { values: tensor?.values.map((one) => one + 0) ?? [] }]),
  );
}

describe.each(["cpu", "onnxruntime"])("ModelPruning on %s", (backend) => {
  it.each(recorded.cases.map((one) => [one.name, one] as const))(
    "prunes, trains on, saves and ends as Lightning does: %s",
    async (name, wanted) => {
      const model = new Model();
      const pruning = new ModelPruning(CASES[name]?.(model) ?? { pruningFn: () => [] });
      let saved: RecordedState = {};
      const keep = new LambdaCallback({
        onSaveCheckpoint: (_trainer, _module, content) => void (saved = savedValues(content["state_dict"])),
        onTrainBatchEnd: async (trainer) => {
          if (trainer.globalStep === 10) await trainer.saveCheckpoint("/tenth.ckpt");
        },
      });
      await makeTrainer([pruning, keep], backend).fit(model, train(), val());
      for (const [i, loss] of wanted.trainLosses.entries()) expect(model.trainLosses[i]).toBeCloseTo(loss, 4);
      for (const [i, loss] of wanted.valLosses.entries()) expect(model.valLosses[i]).toBeCloseTo(loss, 4);
      expectClose(valuesOf(model.stateDict()), wanted.end);
      expectClose(saved, wanted.saved);
      const lines = terminal.text.split("\n").filter((line) => line.startsWith("Applied"));
      expect(lines).toEqual(wanted.lines);
    },
  );

  it.each(["lottery tickets", "a part of all parameters", "not for good"])(
    "goes on from a checkpoint as if it had not stopped: %s",
    async (name) => {
      const whole = new Model();
      const options = (model: Model) => CASES[name]?.(model) ?? l1;
      const save = new LambdaCallback({
        onTrainBatchEnd: async (trainer) => {
          if (trainer.globalStep === 10) await trainer.saveCheckpoint("/tenth.ckpt");
        },
      });
      await makeTrainer([new ModelPruning(options(whole)), save], backend).fit(whole, train(), val());
      const resumed = new Model();
      for (const parameter of resumed.parameters()) nn.init.ones(parameter);
      const again = makeTrainer([new ModelPruning(options(resumed))], backend);
      await again.fit(resumed, train(), val(), { ckptPath: "/tenth.ckpt" });
      expect(resumed.trainLosses).toEqual(whole.trainLosses.slice(10));
      expect(withoutSigns(resumed)).toEqual(withoutSigns(whole));
    },
  );
});

describe("ModelPruning", () => {
  const zerosOf = (model: Model) =>
    ["0.weight", "0.bias", "2.weight", "2.bias"].map((name) => {
      const values = valuesOf(model.stateDict())[`net.${name}`]?.values ?? [];
      return values.filter((value) => value === 0).length;
    });

  it("prunes random values and channels, the same ones for a seed", async () => {
    const zeros: unknown[] = [];
    for (const pruningFn of ["random_unstructured", "random_structured"] as const) {
      const model = new Model();
      const options: ModelPruningOptions = {
        ...{ pruningFn, amount: 0.5, useGlobalUnstructured: false, useLotteryTicketHypothesis: false, pruningDim: 0 },
        parametersToPrune: [[model.layer(0), "weight"]],
      };
      await makeTrainer([new ModelPruning(options)], "cpu", { maxEpochs: 1 }).fit(model, train());
      zeros.push(zerosOf(model));
    }
    expect(zeros).toEqual([
      [9, 0, 0, 0],
      [9, 0, 0, 0],
    ]);
  });

  it.each([true, false])("prunes by a method of one's own, together: %s", async (useGlobalUnstructured) => {
    const model = new Model();
    const sizes: number[] = [];
    const pruning = new ModelPruning({
      ...{ useGlobalUnstructured, amount: 1, useLotteryTicketHypothesis: false },
      pruningFn({ values, mask, amount }) {
        sizes.push(values.length);
        return mask.map((kept, i) => (i < amount ? 0 : kept));
      },
    });
    await makeTrainer([pruning], "cpu", { maxEpochs: 1 }).fit(model, train());
    expect(sizes).toEqual(useGlobalUnstructured ? [31] : [18, 6, 6, 1]);
    expect(zerosOf(model)).toEqual(useGlobalUnstructured ? [1, 0, 0, 0] : [1, 1, 1, 1]);
  });

  it("draws values anew for a lottery that resamples", async () => {
    const model = new Model();
    const first = valuesOf(model.stateDict())["net.0.weight"]?.values ?? [];
    await makeTrainer([new ModelPruning({ pruningFn: "l1_unstructured", resampleParameters: true })], "cpu", {
      maxEpochs: 1,
    }).fit(model, train());
    const left = (valuesOf(model.stateDict())["net.0.weight"]?.values ?? []).filter((value) => value !== 0);
    expect(left.length).toBeGreaterThan(0);
    for (const value of left) {
      expect(Math.abs(value)).toBeLessThanOrEqual(1 / Math.sqrt(3));
      expect(first).not.toContain(value);
    }
  });

  it("prunes what a subclass picks", async () => {
    class WeightsOnly extends ModelPruning {
      override filterParametersToPrune(fields: readonly PrunedField[]) {
        return fields.filter(([, name]) => name === "weight");
      }
    }
    const model = new Model();
    await makeTrainer([new WeightsOnly(l1)], "cpu", { maxEpochs: 1 }).fit(model, train());
    expect(zerosOf(model)[0]).toBeGreaterThan(0);
    expect([zerosOf(model)[1], zerosOf(model)[3]]).toEqual([0, 0]);
  });

  it("names parameters that the model does not have", async () => {
    const foreign = new nn.Linear(2, 2);
    const pruning = new ModelPruning({ ...l1, parametersToPrune: [[foreign, "weight"]] });
    await expect(makeTrainer([pruning]).fit(new Model(), train())).rejects.toThrow("Received Linear.weight");
    const model = new Model();
    const misnamed = new ModelPruning({ ...l1, parametersToPrune: [[model.layer(0), "weights"]] });
    await expect(makeTrainer([misnamed]).fit(model, train())).rejects.toThrow("Received Linear.weights");
  });

  it("says what is wrong with a mask and with an amount of a function", async () => {
    const short = new ModelPruning({ pruningFn: () => [1] });
    await expect(makeTrainer([short]).fit(new Model(), train())).rejects.toThrow("31 numbers. Received 1 numbers");
    const much = new ModelPruning({ ...l1, amount: () => 1.5 });
    await expect(makeTrainer([much]).fit(new Model(), train())).rejects.toThrow("cannot use this amount");
  });

  it("refuses the state of another model", async () => {
    const pruning = new ModelPruning(l1);
    expect(() => pruning.loadStateDict({ masks: [tf.buffer([1], "float32")] })).toThrow("cannot be read");
  });

  it("leaves no tensor behind", async () => {
    const numTensors: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      const model = new Model();
      const trainer = makeTrainer([new ModelPruning({ pruningFn: "l1_unstructured" })]);
      await trainer.fit(model, train(), val());
      trainer.dispose();
      model.dispose();
      numTensors.push(tf.memory().numTensors);
    }
    expect(numTensors[2]).toBe(numTensors[1]);
  });

  it.each([
    [{ pruningFn: "l2" }, "pruningFn"],
    [{ ...l1, parameterNames: ["weights"] }, "parameterNames"],
    [{ ...l1, amount: 1.5 }, "amount"],
    [{ ...l1, verbose: 3 }, "verbose"],
    [{ pruningFn: "ln_structured", pruningDim: 0, pruningNorm: 1 }, "useGlobalUnstructured"],
    [{ pruningFn: "random_structured", useGlobalUnstructured: false }, "pruningDim"],
    [{ pruningFn: "ln_structured", useGlobalUnstructured: false, pruningDim: 0 }, "pruningNorm"],
    [{ ...l1, amounts: 3 }, "amounts"],
  ])("refuses %j", (options, message) => {
    expect(() => new ModelPruning(options as unknown as ModelPruningOptions)).toThrow(message);
  });
});
