import { DataLoader, F, nn, optim, seedEverything, TensorDataset, tf } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import { LightningModule } from "../contract/lightning-module.js";
import { Trainer } from "../trainer/trainer.js";

const BATCHES = 8;
const ports = { files: new MemoryFiles(), terminal: new FakeTerminal() };

/** Accumulates by itself, over as many batches as it is told, with two optimizers. */
class ByHand extends LightningModule<[tf.Tensor2D]> {
  readonly first = new nn.Linear(2, 3);
  readonly second = new nn.Linear(3, 1);
  /** What each checkpoint has of gradients, by the number of batches before it. */
  readonly gradients: unknown[] = [];
  saves = false;

  constructor(readonly window: number) {
    super();
    this.automaticOptimization = false;
  }
  override async trainingStep([x]: [tf.Tensor2D], batchIdx: number): Promise<void> {
    if (batchIdx % this.window === 0) for (const optimizer of this.both()) optimizer.zeroGrad();
    const y = this.second.forward(F.tanh(this.first.forward(x)));
    await this.manualBackward(F.mseLoss(y, x.sum<tf.Tensor2D>(1, true)));
    if ((batchIdx + 1) % this.window === 0) for (const optimizer of this.both()) await optimizer.step();
  }
  both() {
    return [this.optimizers()].flat();
  }
  override async onTrainBatchEnd(): Promise<void> {
    if (this.saves) await this.trainer.saveCheckpoint(`/${this.window}-${this.trainer.batchesSeen}.ckpt`);
  }
  override onSaveCheckpoint(checkpoint: Record<string, unknown>): void {
    this.gradients.push(checkpoint["gradients"]);
  }
  override configureOptimizers() {
    return [
      new optim.Adam(this.first.parameters(), { lr: 0.1 }),
      new optim.SGD(this.second.parameters(), { lr: 0.1, momentum: 0.9 }),
    ];
  }
}

async function run(window: number, ckptPath?: string) {
  seedEverything(5);
  const net = new ByHand(window);
  net.saves = ckptPath === undefined;
  const trainer = new Trainer({
    ...{ accelerator: cpu({ backend: "cpu" }), logger: false, maxEpochs: 1, ports },
    ...{ enableCheckpointing: false, enableProgressBar: false, enableModelSummary: false },
  });
  const values = Float32Array.from({ length: BATCHES * 4 }, (_, i) => Math.sin(i));
  const loader = new DataLoader(new TensorDataset(tf.buffer<tf.Rank.R2>([BATCHES * 2, 2], "float32", values)), {
    batchSize: 2,
  });
  await trainer.fit(net, loader, undefined, ckptPath === undefined ? {} : { ckptPath });
  return { net, weights: net.parameters().flatMap((parameter) => [...parameter.dataSync()]) };
}

it("goes on inside a window that trainingStep accumulates by itself, bit for bit", async () => {
  const { net, weights } = await run(3);
  expect(net.gradients.map((saved) => (saved instanceof Map ? saved.size : 0))).toEqual([4, 4, 0, 4, 4, 0, 4, 4]);
  for (let batch = 1; batch < BATCHES; batch += 1)
    expect((await run(3, `/3-${batch}.ckpt`)).weights, `after batch ${batch}`).toEqual(weights);
});

it("keeps no gradients with which an optimizer has stepped", async () => {
  const { net, weights } = await run(1);
  expect(net.gradients).toEqual(Array.from({ length: BATCHES }, () => undefined));
  expect((await run(1, "/1-5.ckpt")).weights).toEqual(weights);
});
