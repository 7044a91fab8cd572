import { DataLoader, F, nn, optim, RandomStream, seedEverything, TensorDataset, tf } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Callback } from "../contract/callback.js";
import { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "./trainer.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

type Batch = [x: tf.Tensor2D, y: tf.Tensor1D];
type Fault = "none" | "label" | "shape";

const [BATCHES, BATCH_SIZE, CLASSES] = [9, 4, 3];
/** The batch in which something is wrong. */
const BAD = 5;

/** Batch statistics, dropout, an optimizer with state and a schedule: whatever a bad step could leave traces in. */
class Net extends LightningModule<Batch> {
  readonly body = new nn.Sequential(new nn.Linear(6, 8), new nn.BatchNorm1d(8), new nn.ReLU(), new nn.Dropout(0.3));
  readonly head = new nn.Linear(8, CLASSES);
  optimizer: optim.Adam | undefined;

  constructor(
    readonly fault: Fault,
    readonly reads: boolean,
  ) {
    super();
  }

  override trainingStep([x, y]: Batch, batchIdx: number) {
    const hidden = this.body.forward(x);
    if (this.fault === "shape" && batchIdx === BAD) tf.matMul(tf.ones([2, 3]), tf.ones([4, 5]));
    const loss = F.crossEntropy(this.head.forward(hidden), y);
    if (this.reads) loss.dataSync();
    return loss;
  }

  override configureOptimizers() {
    this.optimizer = new optim.Adam(this.parameters(), { lr: 0.05 });
    return [
      [this.optimizer],
      [
        {
          scheduler: new optim.lrScheduler.StepLR(this.optimizer, { stepSize: 2, gamma: 0.9 }),
          interval: "step" as const,
        },
      ],
    ] as const;
  }

  async state() {
    const weights = await Promise.all(
      [...this.stateDict()].map(async ([name, tensor]) => [name, [...(await tensor.data())]] as const),
    );
    const moments = Array.from(this.optimizer?.state.values() ?? [], ({ step, tensors }) => [
      step,
      ...Array.from(tensors, ([name, tensor]) => [name, ...tensor.dataSync()]),
    ]);
    return {
      weights: Object.fromEntries(weights),
      moments,
      lrs: this.optimizer?.paramGroups.map(({ lr }) => lr),
      dropout: RandomStream.named("dropout").state(),
    };
  }
}

function loader(fault: Fault) {
  const stream = RandomStream.fromSeed(1, "bad-batch");
  const rows = BATCHES * BATCH_SIZE;
  const labels = Int32Array.from({ length: rows }, () => stream.integer(CLASSES));
  const x = tf.buffer<tf.Rank.R2>([rows, 6], "float32", stream.fillNormal(new Float32Array(rows * 6)));
  if (fault === "label") labels[BAD * BATCH_SIZE + 2] = CLASSES;
  return new DataLoader(new TensorDataset(x, labels), { batchSize: BATCH_SIZE });
}

const ports = { files: new MemoryFiles(), terminal: new FakeTerminal() };

function trainerWith(options: TrainerOptions = {}) {
  return quietTrainer({ accelerator: cpu({ backend: "onnxruntime" }), maxEpochs: 1, ports, ...options });
}

const CASES = (["label", "shape"] as const).flatMap((fault) => [false, true].map((reads) => ({ fault, reads })));

describe.each(CASES)("a batch with a bad $fault (loss read: $reads)", ({ fault, reads }) => {
  async function failedRun() {
    seedEverything(7);
    const [model, trainer] = [new Net(fault, reads), trainerWith()];
    await expect(trainer.fit(model, loader(fault))).rejects.toThrow(
      fault === "label" ? "out of range" : "inner shapes",
    );
    return { model, trainer };
  }

  it("leaves everything where the last good step left it", async () => {
    const { model, trainer } = await failedRun();
    const steps = trainer.globalStep;
    expect(steps).toBe(BAD);
    seedEverything(7);
    const clean = new Net("none", reads);
    await trainerWith({ maxSteps: steps }).fit(clean, loader("none"));
    const after = await model.state();
    expect(after).toEqual(await clean.state());
  });

  it("can be saved afterwards, and training goes on from there as if nothing had happened", async () => {
    const { trainer } = await failedRun();
    const path = `/${fault}-${String(reads)}.ckpt`;
    await trainer.saveCheckpoint(path);
    seedEverything(3);
    const resumed = new Net("none", reads);
    await trainerWith().fit(resumed, loader("none"), undefined, { ckptPath: path });
    seedEverything(7);
    const whole = new Net("none", reads);
    await trainerWith().fit(whole, loader("none"));
    expect((await resumed.state()).weights).toEqual((await whole.state()).weights);
  });
});

/** Logs its loss, which fails with the last batch. */
class Logs extends Net {
  override trainingStep(batch: Batch, batchIdx: number) {
    const loss = super.trainingStep(batch, batchIdx);
    this.log("loss", loss, { onStep: true, onEpoch: true });
    return loss;
  }
}

describe("a bad label in the last batch", () => {
  const labels = (bad: boolean) =>
    new DataLoader(
      new TensorDataset(
        tf.buffer<tf.Rank.R2>([8, 6], "float32", new Float32Array(48).fill(1)),
        Int32Array.from({ length: 8 }, (_, i) => (bad && i === 7 ? CLASSES : i % CLASSES)),
      ),
      { batchSize: 4 },
    );

  it.each([1, 2])(
    "fails the fit that it ends, and does not pass for a success (accumulating %i)",
    async (accumulateGradBatches) => {
      seedEverything(7);
      const seen: unknown[] = [];
      const callback = new (class extends Callback {
        override onException(_trainer: Trainer, _module: LightningModule, error: unknown) {
          seen.push(error);
        }
      })();
      const trainer = trainerWith({ accumulateGradBatches, callbacks: [callback] });
      await expect(trainer.fit(new Net("none", false), labels(true))).rejects.toThrow("out of range");
      expect(seen).toHaveLength(1);
      expect(trainer.globalStep).toBe(2 - accumulateGradBatches);
      await trainer.saveCheckpoint(`/last-${accumulateGradBatches}.ckpt`);
    },
  );

  it("can be saved although its loss was logged, and the logged values of good steps stay", async () => {
    seedEverything(7);
    const trainer = trainerWith();
    await expect(trainer.fit(new Logs("none", false), labels(true))).rejects.toThrow("out of range");
    for (const value of Object.values(trainer.callbackMetrics)) expect(value).toEqual(expect.any(Number));
    await trainer.saveCheckpoint("/logged.ckpt");
    await trainer.saveCheckpoint("/logged-again.ckpt");
  });
});
