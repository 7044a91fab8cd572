import { readFileSync } from "node:fs";
import { DataLoader, F, nn, optim, tf } from "@lightning-ts/core";
import { cpu, type Logger } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Callback } from "../../contract/callback.js";
import { ModelCheckpoint } from "../../callbacks/model-checkpoint.js";
import { LightningModule } from "../../contract/lightning-module.js";
import { Trainer } from "../../trainer/trainer.js";
import type { TrainerOptions } from "../../options/trainer-options.js";

interface Case {
  readonly name: string;
  readonly model: "Model" | "ManualModel" | "TwoLoaders";
  readonly calls: readonly ("fit" | "validate" | "test" | "predict")[];
  readonly options: TrainerOptions;
  readonly trace: readonly string[];
}
const { lightning, cases } = JSON.parse(
  readFileSync(new URL("./fixtures/hook-trace.json", import.meta.url), "utf8"),
) as { lightning: string; cases: readonly Case[] };

type Batch = [x: tf.Tensor2D];

class Model extends LightningModule<Batch> {
  readonly layer = new nn.Linear(4, 2);

  loss([x]: Batch): tf.Tensor {
    const output = this.layer.forward(x);
    return F.mseLoss(output, tf.onesLike(output));
  }
  override trainingStep(batch: Batch): tf.Tensor | Promise<tf.Tensor> {
    const loss = this.loss(batch);
    this.log("loss", loss, { onStep: true, onEpoch: true });
    return loss;
  }
  override validationStep(batch: Batch): void {
    this.log("val_loss", this.loss(batch));
  }
  override testStep(batch: Batch): void {
    this.log("test_loss", this.loss(batch), { onStep: true, onEpoch: true });
  }
  override predictStep([x]: Batch): tf.Tensor {
    return this.layer.forward(x);
  }
  override configureOptimizers() {
    const optimizer = new optim.SGD(this.parameters(), { lr: 0.01 });
    return [[optimizer], [new optim.lrScheduler.StepLR(optimizer, { stepSize: 1 })]] as const;
  }
  loader(batches: number) {
    return new DataLoader(randomDataset({ length: batches * 2, features: 4 }), { batchSize: 2 });
  }
  override trainDataloader() {
    return this.loader(3);
  }
  override valDataloader(): ReturnType<Model["loader"]> | ReturnType<Model["loader"]>[] {
    return this.loader(2);
  }
  override testDataloader() {
    return this.loader(2);
  }
  override predictDataloader() {
    return this.loader(2);
  }
}

class ManualModel extends Model {
  override automaticOptimization = false;

  override async trainingStep(batch: Batch): Promise<tf.Tensor> {
    const [optimizer] = this.optimizers();
    optimizer?.zeroGrad();
    const loss = this.loss(batch);
    await this.manualBackward(loss);
    await optimizer?.step();
    return loss;
  }
}

class TwoLoaders extends Model {
  override valDataloader() {
    return [this.loader(2), this.loader(1)];
  }
}

const MODELS = { Model, ManualModel, TwoLoaders };
const STAGES = ["Train", "Validation", "Test", "Predict"];
const SHARED = [
  "onFitStart",
  "onFitEnd",
  "setup",
  "teardown",
  "onBeforeZeroGrad",
  "onBeforeBackward",
  "onAfterBackward",
  "onBeforeOptimizerStep",
  "onSaveCheckpoint",
  "onLoadCheckpoint",
].concat(
  STAGES.flatMap((stage) =>
    ["Start", "End", "EpochStart", "EpochEnd", "BatchStart", "BatchEnd"].map((moment) => `on${stage}${moment}`),
  ),
);
const ONLY_CALLBACK = ["onSanityCheckStart", "onSanityCheckEnd"];
const ONLY_MODULE = [
  ...[
    "prepareData",
    "configureOptimizers",
    "trainingStep",
    "validationStep",
    "testStep",
    "predictStep",
    "backward",
    "optimizerStep",
    "optimizerZeroGrad",
    "configureGradientClipping",
    "lrSchedulerStep",
  ],
  ...[
    "trainDataloader",
    "valDataloader",
    "testDataloader",
    "predictDataloader",
    "onBeforeBatchTransfer",
    "transferBatchToDevice",
    "onAfterBatchTransfer",
  ],
  ...[
    "onValidationModelZeroGrad",
    "onValidationModelEval",
    "onValidationModelTrain",
    "onTestModelEval",
    "onTestModelTrain",
    "onPredictModelEval",
  ],
];
const WITH_NUMBERS = /Batch(Start|End)$|^(training|validation|test|predict)Step$/;

/** A subclass that notes each call of a hook, and then does what the class does. */
function recording<TClass extends new () => object>(
  base: TClass,
  who: string,
  names: readonly string[],
  trace: string[],
  passesLoader: boolean,
): TClass {
  const Recording = class extends (base as new () => object) {};
  for (const name of names) {
    const original = Reflect.get(base.prototype, name) as (...args: unknown[]) => unknown;
    Object.defineProperty(Recording.prototype, name, {
      value(this: unknown, ...args: unknown[]) {
        const isEvaluation = /Validation|Test|Predict|validation|test|predict/.test(name);
        const numbers = WITH_NUMBERS.test(name)
          ? args.filter((arg) => typeof arg === "number").slice(0, isEvaluation && passesLoader ? 2 : 1)
          : [];
        const stage = name === "setup" || name === "teardown" ? args.filter((arg) => typeof arg === "string") : [];
        trace.push([`${who}.${name}`, ...numbers, ...stage].join(" "));
        return original.apply(this, args);
      },
    });
  }
  return Recording as TClass;
}

function recordingLogger(trace: string[]): Logger {
  return {
    kind: "logger",
    name: "recording",
    version: 0,
    groupSeparator: "/",
    open: () => Promise.resolve(),
    logMetrics: (metrics, step) => void trace.push(["LG.logMetrics", step, ...Object.keys(metrics).sort()].join(" ")),
    save: () => Promise.resolve(),
    finalize: (status) => Promise.resolve(void trace.push(`LG.finalize ${status}`)),
  };
}

const RUN = {
  fit: (trainer: Trainer, model: LightningModule) => trainer.fit(model),
  validate: (trainer: Trainer, model: LightningModule) => trainer.validate(model),
  test: (trainer: Trainer, model: LightningModule) => trainer.test(model),
  predict: (trainer: Trainer, model: LightningModule) => trainer.predict(model),
};

async function record({ model, calls, options }: Case): Promise<string[]> {
  const trace: string[] = [];
  const passesLoader = model === "TwoLoaders"; // Lightning passes the loader's number only where there are several; we always do.
  const module = new (recording(MODELS[model], "LM", [...SHARED, ...ONLY_MODULE], trace, passesLoader))();
  const callback = new (recording(Callback, "CB", [...SHARED, ...ONLY_CALLBACK], trace, passesLoader))();
  const trainer = new Trainer({
    ...options,
    accelerator: cpu({ backend: "cpu" }),
    callbacks: [callback, new ModelCheckpoint({ dirpath: "/checkpoints" })],
    logger: recordingLogger(trace),
    enableProgressBar: false,
    enableModelSummary: false,
    logEveryNSteps: 1,
    ports: { files: new MemoryFiles(), terminal: new FakeTerminal() },
  });
  for (const call of calls) {
    trace.push(`== ${call}`);
    await RUN[call](trainer, module);
  }
  return trace;
}

describe(`the order of hooks is that of Lightning ${lightning}`, () => {
  it.each(cases)("$name", async (one) => {
    expect(await record(one)).toEqual(one.trace);
  });
});
