import { DataLoader, F, nn, optim, seedEverything, TensorDataset, tf } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { EarlyStopping } from "../callbacks/early-stopping.js";
import { Callback } from "../contract/callback.js";
import { LightningModule } from "../contract/lightning-module.js";
import { Trainer } from "../trainer/trainer.js";
import type { TrainerOptions } from "../options/trainer-options.js";

type Batch = [x: tf.Tensor2D, y: tf.Tensor2D];

class Net extends LightningModule<Batch> {
  readonly layer = new nn.Linear(2, 1);
  scheduler: optim.lrScheduler.StepLR | undefined;

  override trainingStep([x, y]: Batch) {
    return F.mseLoss(this.layer.forward(x), y);
  }
  override validationStep([x, y]: Batch) {
    this.log("val_loss", F.mseLoss(this.layer.forward(x), y));
  }
  override configureOptimizers() {
    const optimizer = new optim.SGD(this.parameters(), { lr: 0.1 });
    this.scheduler = new optim.lrScheduler.StepLR(optimizer, { stepSize: 1 });
    return [[optimizer], [this.scheduler]] as const;
  }
}

/** Notes what happens, and saves after each batch, before its validation. */
class Notes extends Callback {
  readonly events: string[] = [];
  readonly #saves: boolean;
  constructor({ saves }: { readonly saves: boolean }) {
    super();
    this.#saves = saves;
  }
  override async onTrainBatchEnd(trainer: Trainer) {
    this.events.push(`batch ${trainer.batchesSeen}`);
    if (this.#saves) await trainer.saveCheckpoint(`/batch-${trainer.batchesSeen}.ckpt`);
  }
  override onTrainBatchStart() {
    this.events.push("begins");
  }
  override async onValidationEnd(trainer: Trainer) {
    if (trainer.sanityChecking) return;
    this.events.push(`validated in epoch ${trainer.currentEpoch}`);
    if (this.#saves) await trainer.saveCheckpoint(`/validated-${trainer.batchesSeen}.ckpt`);
  }
  override onTrainEpochEnd(trainer: Trainer) {
    this.events.push(`epoch ${trainer.currentEpoch} ends`);
  }
}

const files = new MemoryFiles();
const data = new TensorDataset(
  tf.buffer<tf.Rank.R2>(
    [12, 2],
    "float32",
    Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
  ),
  tf.buffer<tf.Rank.R2>(
    [12, 1],
    "float32",
    Float32Array.from({ length: 12 }, (_, i) => Math.cos(i)),
  ),
);

type Options = TrainerOptions & { readonly callbacks?: readonly Callback[] };

/** Epochs of 12 examples. */
async function run(batchSize: number, options: Options, more: { saves?: boolean; ckptPath?: string } = {}) {
  seedEverything(1);
  const notes = new Notes({ saves: more.saves ?? false });
  const model = new Net();
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    ...{ logger: false, enableCheckpointing: false, enableProgressBar: false, enableModelSummary: false },
    ports: { files, terminal: new FakeTerminal() },
    ...options,
    callbacks: [notes, ...(options.callbacks ?? [])],
  });
  const loaders = [new DataLoader(data, { batchSize }), new DataLoader(data, { batchSize: 6 })] as const;
  await trainer.fit(model, ...loaders, more.ckptPath === undefined ? {} : { ckptPath: more.ckptPath });
  return { events: notes.events.filter((event) => event !== "begins"), model, trainer };
}
const early = () => [new EarlyStopping({ monitor: "val_loss", patience: 9 })];

describe("a run that was saved with six batches in an epoch, and goes on with fewer", () => {
  beforeAll(async () => {
    const { events } = await run(2, { maxEpochs: 1 }, { saves: true });
    expect(events.slice(-2)).toEqual(["validated in epoch 0", "epoch 0 ends"]);
  });

  // Five batches would be more than four; four and three are as many as were trained, or fewer.
  it.each([
    ["after the last batch", "/batch-6.ckpt", 3],
    ["after the last batch", "/batch-6.ckpt", 12],
    ["behind the end", "/batch-4.ckpt", 4],
    ["at the end", "/batch-4.ckpt", 3],
  ])("validates %s of %s with batches of %i, and early stopping finds its metric", async (_, ckptPath, batchSize) => {
    const { events, model, trainer } = await run(batchSize, { maxEpochs: 2, callbacks: early() }, { ckptPath });
    const perEpoch = 12 / batchSize;
    const before = ckptPath === "/batch-6.ckpt" ? 6 : 4;
    expect(events).toEqual([
      ...["validated in epoch 0", "epoch 0 ends"],
      ...Array.from({ length: perEpoch }, (_unused, index) => `batch ${before + index + 1}`),
      ...["validated in epoch 1", "epoch 1 ends"],
    ]);
    expect(trainer.globalStep).toBe(before + perEpoch);
    expect(model.scheduler?.lastEpoch).toBe(2);
  });

  it("validates after a batch that was done, too, which maxSteps left", async () => {
    const { trainer } = await run(2, { maxSteps: 4 });
    await trainer.saveCheckpoint("/done-4.ckpt");
    const { events, model } = await run(4, { maxEpochs: 1, callbacks: early() }, { ckptPath: "/done-4.ckpt" });
    expect(events).toEqual(["validated in epoch 0", "epoch 0 ends"]);
    expect(model.scheduler?.lastEpoch).toBe(1);
  });

  it("does not validate again where that was done", async () => {
    const { events } = await run(3, { maxEpochs: 1, callbacks: early() }, { ckptPath: "/validated-6.ckpt" });
    expect(events).toEqual(["epoch 0 ends"]);
  });
});

it("does not validate again after as many batches as validations are apart", async () => {
  const { trainer } = await run(2, { maxSteps: 4, valCheckInterval: 2 }, { saves: true });
  await trainer.saveCheckpoint("/done-4.ckpt");
  const done = await run(3, { maxEpochs: 1, valCheckInterval: 2 }, { ckptPath: "/done-4.ckpt" });
  expect(done.events).toEqual(["epoch 0 ends"]);
  await run(2, { maxEpochs: 1, valCheckInterval: 2 }, { saves: true });
  const { events } = await run(3, { maxEpochs: 1, valCheckInterval: 2 }, { ckptPath: "/batch-5.ckpt" });
  expect(events).toEqual(["validated in epoch 0", "epoch 0 ends"]);
  const again = await run(3, { maxEpochs: 1, valCheckInterval: 2 }, { ckptPath: "/validated-4.ckpt" });
  expect(again.events).toEqual(["epoch 0 ends"]);
});

it("goes on from the validation of an epoch that became shorter, and counts its last batch once", async () => {
  await run(2, { maxEpochs: 1 }, { saves: true });
  const whole = await run(4, { maxEpochs: 2 }, { saves: true, ckptPath: "/batch-4.ckpt" });
  const { events, trainer } = await run(4, { maxEpochs: 2 }, { ckptPath: "/validated-4.ckpt" });
  expect(events).toEqual(whole.events.slice(1));
  expect(trainer.globalStep).toBe(whole.trainer.globalStep);
});
