import { DataLoader, F, nn, optim, type Optimizer, type tf } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Callback } from "../../contract/callback.js";
import { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../trainer/trainer.js";
import { recordedRows, type RecordedState, takeRecorded, valuesOf } from "../recorded-models-under-test.js";
import { BackboneFinetuning, type BackboneFinetuningOptions } from "./backbone-finetuning.js";
import { BaseFinetuning } from "./base-finetuning.js";
import recorded from "./fixtures/finetuning.json" with { type: "json" };
import { quietTrainer } from "../../trainer/quiet-trainer-under-test.js";

type Batch = [x: tf.Tensor2D, y: tf.Tensor2D];

const START: RecordedState = recorded.cases[0]?.start ?? {};
const data = recordedRows(recorded.x.values, recorded.y.values);

class Model extends LightningModule<Batch> {
  readonly backbone = new nn.Sequential(new nn.Linear(3, 4), new nn.BatchNorm1d(4), new nn.Tanh());
  readonly head = new nn.Linear(4, 1);
  readonly rates: number[][] = [];
  readonly losses: tf.Tensor[] = [];

  constructor() {
    super();
    takeRecorded(this, START);
  }
  override trainingStep([x, y]: Batch, batchIdx: number) {
    if (batchIdx === 0) this.rates.push(this.trainer.optimizers[0]?.paramGroups.map(({ lr }) => lr) ?? []);
    return F.mseLoss(this.head.forward(this.backbone.forward(x)), y);
  }
  override configureOptimizers() {
    const trained = this.parameters().filter(({ requiresGrad }) => requiresGrad);
    return new optim.SGD(trained, { lr: 0.05, momentum: 0.9 });
  }
}

const files = new MemoryFiles();
const closeTo = (value: number): unknown => expect.closeTo(value, 7);

function makeTrainer(
  callbacks: Callback[],
  options: { backend?: string; maxEpochs?: number; terminal?: FakeTerminal },
) {
  return quietTrainer({
    accelerator: cpu({ backend: options.backend ?? "cpu" }),
    maxEpochs: options.maxEpochs ?? 6,
    ports: { files, terminal: options.terminal ?? new FakeTerminal() },
    callbacks,
  });
}

const loader = () => new DataLoader(data, { batchSize: 4 });

const OPTIONS: Readonly<Record<string, BackboneFinetuningOptions>> = {
  "grows until the head's rate": { unfreezeBackboneAtEpoch: 1, backboneInitialRatioLr: 0.2 },
  "a rate of its own": { unfreezeBackboneAtEpoch: 2, backboneInitialLr: 0.001, lambdaFunc: () => 1.5 },
  "beyond the head's": { unfreezeBackboneAtEpoch: 1, backboneInitialLr: 0.02, shouldAlign: false },
  "without batch norms": { unfreezeBackboneAtEpoch: 2, trainBn: false },
};

describe.each(["cpu", "onnxruntime"])("BackboneFinetuning on %s", (backend) => {
  it.each(recorded.cases.map((one) => [one.name, one] as const))(
    "has Lightning's rates in every epoch, and its weights: %s",
    async (name, wanted) => {
      const model = new Model();
      await makeTrainer([new BackboneFinetuning(OPTIONS[name])], { backend }).fit(model, loader());
      expect(model.rates).toHaveLength(wanted.rates.length);
      for (const [epoch, rates] of wanted.rates.entries()) {
        expect(model.rates[epoch]).toHaveLength(rates.length);
        for (const [group, rate] of rates.entries()) expect(model.rates[epoch]?.[group]).toBeCloseTo(rate, 7);
      }
      const state = valuesOf(model.stateDict());
      for (const [key, tensor] of Object.entries(wanted.end))
        for (const [i, value] of tensor.values.entries())
          expect(state[key]?.values[i], `${key}[${i}]`).toBeCloseTo(value, 3);
    },
  );
});

describe("BackboneFinetuning", () => {
  class SaveAt extends Callback {
    constructor(readonly step: number) {
      super();
    }
    override async onTrainBatchEnd(trainer: Trainer) {
      if (trainer.globalStep === this.step) await trainer.saveCheckpoint("/half.ckpt");
    }
  }

  it.each([2, 5, 8, 9])("goes on from a checkpoint of step %d as if it had not stopped", async (step) => {
    const options = { unfreezeBackboneAtEpoch: 2, trainBn: false };
    const [whole, resumed] = [new Model(), new Model()];
    await makeTrainer([new BackboneFinetuning(options), new SaveAt(step)], {}).fit(whole, loader());
    await makeTrainer([new BackboneFinetuning(options)], {}).fit(resumed, loader(), undefined, {
      ckptPath: "/half.ckpt",
    });
    expect(valuesOf(resumed.stateDict())).toEqual(valuesOf(whole.stateDict()));
    expect(resumed.rates.at(-1)).toEqual(whole.rates.at(-1));
  });

  it.each(["0", "3"] as const)("goes on from Python's checkpoint of epoch %s as Python had gone on", async (epoch) => {
    const [name, wanted] = ["a rate of its own", recorded.cases[1]];
    const checkpoints: Readonly<Record<string, string | undefined>> = wanted?.checkpoints ?? {};
    const file = await files.open("/python.ckpt", "overwrite");
    await file.write(new Uint8Array(Buffer.from(checkpoints[epoch] ?? "", "base64")));
    await file.close();
    const model = new Model();
    await makeTrainer([new BackboneFinetuning(OPTIONS[name])], {}).fit(model, loader(), undefined, {
      ckptPath: "/python.ckpt",
    });
    expect(model.rates).toEqual(wanted?.rates.slice(Number(epoch) + 1).map((rates) => rates.map(closeTo)));
    const state = valuesOf(model.stateDict());
    for (const [key, tensor] of Object.entries(wanted?.end ?? {}))
      for (const [i, value] of tensor.values.entries())
        expect(state[key]?.values[i], `${key}[${i}]`).toBeCloseTo(value, 3);
  });

  it("prints the rates when it is told to", async () => {
    const terminal = new FakeTerminal();
    const finetuning = new BackboneFinetuning({ unfreezeBackboneAtEpoch: 1, verbose: true, rounding: 3 });
    await makeTrainer([finetuning], { maxEpochs: 3, terminal }).fit(new Model(), loader());
    expect(terminal.text).toContain("Current lr: 0.05, Backbone lr: 0.005\nCurrent lr: 0.05, Backbone lr: 0.01\n");
  });

  it("refuses a module without a backbone, and options that have no meaning", async () => {
    class Headless extends Model {
      override readonly backbone = undefined as never;
    }
    await expect(makeTrainer([new BackboneFinetuning()], {}).fit(new Headless(), loader())).rejects.toThrow(
      "BackboneFinetuning found no backbone in Headless. Expected a module in the field backbone. Received undefined.",
    );
    expect(() => new BackboneFinetuning({ unfreezeBackboneAtEpoch: -1 })).toThrow(/cannot unfreeze at this epoch/);
    expect(() => new BackboneFinetuning({ epoch: 1 } as BackboneFinetuningOptions)).toThrow(/has no option "epoch"/);
  });

  it("refuses a state that is none", () => {
    const unreadable = [
      {},
      { internal_optimizer_metadata: [[{ params: [1] }]] },
      { internal_optimizer_metadata: [[{ params: ["head.weight"] }]] },
      { internal_optimizer_metadata: { 0: [{ params: [1] }] } },
      { internal_optimizer_metadata: { 0: {} } },
    ];
    for (const state of unreadable)
      expect(() => new BackboneFinetuning().loadStateDict(state)).toThrow(
        /^The checkpoint has no readable state of BackboneFinetuning\./,
      );
  });
});

describe("BaseFinetuning", () => {
  class Own extends BaseFinetuning {
    override freezeBeforeTraining(module: LightningModule) {
      BaseFinetuning.freeze([module.children()[0] ?? module]);
    }
    override finetuneFunction(_module: LightningModule, _epoch: number, _optimizer: Optimizer) {}
  }

  it("freezes modules in lists, and leaves batch norms alone unless it is told otherwise", () => {
    const model = new Model();
    const frozen = () => model.namedParameters().flatMap(([name, { requiresGrad }]) => (requiresGrad ? [] : [name]));
    BaseFinetuning.freeze([[model.backbone], model.head]);
    expect(frozen()).toEqual(["backbone.0.weight", "backbone.0.bias", "head.weight", "head.bias"]);
    BaseFinetuning.makeTrainable(model);
    expect(frozen()).toEqual([]);
    BaseFinetuning.freeze(model.backbone, { trainBn: false });
    expect(frozen()).toEqual(["backbone.0.weight", "backbone.0.bias", "backbone.1.weight", "backbone.1.bias"]);
    expect(BaseFinetuning.filterParams(model, { requiresGrad: false, trainBn: false })).toHaveLength(2);
    expect(BaseFinetuning.flattenModules(model)).toHaveLength(4);
  });

  it("has its functions on objects too, as Lightning's programs call them", () => {
    class Staged extends BaseFinetuning {
      override freezeBeforeTraining(model: Model) {
        this.freeze(model.backbone, { trainBn: false });
        if (this.filterParams(model).length !== 2) this.makeTrainable(this.flattenModules(model));
      }
      override finetuneFunction(model: Model, epoch: number, optimizer: Optimizer) {
        if (epoch === 1) this.unfreezeAndAddParamGroup(model.backbone, optimizer, { lr: 0.1 });
      }
    }
    const [model, staged] = [new Model(), new Staged()];
    staged.freezeBeforeTraining(model);
    const optimizer = new optim.SGD(staged.filterParams(model), { lr: 0.5 });
    staged.finetuneFunction(model, 0, optimizer);
    expect(optimizer.paramGroups.map(({ lr, params }) => [lr, params.length])).toEqual([[0.5, 2]]);
    staged.finetuneFunction(model, 1, optimizer);
    expect(optimizer.paramGroups.map(({ lr, params }) => [lr, params.length])).toEqual([
      [0.5, 2],
      [0.1, 4],
    ]);
  });

  it("gives an optimizer only the parameters that it does not have, and no empty group", () => {
    const model = new Model();
    const optimizer = new optim.SGD(model.head.parameters(), { lr: 0.5 });
    BaseFinetuning.unfreezeAndAddParamGroup(model, optimizer);
    expect(optimizer.paramGroups.map(({ lr, params }) => [lr, params.length])).toEqual([
      [0.5, 2],
      [0.05, 4],
    ]);
    BaseFinetuning.unfreezeAndAddParamGroup(model, optimizer, { lr: 1 });
    expect(optimizer.paramGroups).toHaveLength(2);
  });

  it("refuses functions that wait", async () => {
    const waiting = Object.assign(new Own(), { finetuneFunction: async () => {} });
    await expect(makeTrainer([waiting], {}).fit(new Model(), loader())).rejects.toThrow(/Own\.finetuneFunction/);
  });
});
