import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LitMnist } from "@apps/mnist";
import { MnistDataModule, type MnistBatch } from "@apps/mnist-data";
import * as L from "lightning-ts";
import { F, nn, optim } from "lightning-ts/core";
import { describe, expect, it } from "vitest";
import { useSoftwareGpu } from "../../packages/backend-onnxruntime/src/testing/software-gpu.js";

/** Two convolutions, and 16 digits that they learn by heart. */
class LitSmallConv extends L.LightningModule<MnistBatch> {
  readonly losses: number[] = [];
  readonly net = new nn.Sequential(
    new nn.Conv2d(1, 4, 5, { stride: 2 }),
    new nn.ReLU(),
    new nn.Conv2d(4, 8, 3, { stride: 2 }),
    new nn.ReLU(),
    new nn.Flatten(),
    new nn.Linear(200, 10),
  );

  override async trainingStep([images, labels]: MnistBatch) {
    const loss = F.crossEntropy(this.net.forward(images), labels);
    this.losses.push((await loss.data())[0] ?? Number.NaN);
    return loss;
  }

  override configureOptimizers() {
    return new optim.Adam(this.parameters(), { lr: 1e-2 });
  }
}

function trainerOn(accelerator: "cpu" | "webgpu", options: L.TrainerOptions): L.Trainer {
  return new L.Trainer({
    accelerator,
    defaultRootDir: mkdtempSync(join(tmpdir(), "lightning-gpu-")),
    enableProgressBar: false,
    enableModelSummary: false,
    logger: false,
    maxEpochs: 1,
    ...options,
  });
}

/** Accuracy after 80 batches, and the checkpoint. */
async function trainDigits(accelerator: "cpu" | "webgpu"): Promise<{ accuracy: number; path: string }> {
  L.seedEverything(42);
  const trainer = trainerOn(accelerator, { limitTrainBatches: 80, limitValBatches: 2 });
  await trainer.fit(new LitMnist(), { datamodule: new MnistDataModule({ batchSize: 16 }) });
  const path = join(trainer.defaultRootDir, "last.ckpt");
  await trainer.saveCheckpoint(path);
  return { accuracy: Number(trainer.callbackMetrics["val_acc"]), path };
}

describe.skipIf(!useSoftwareGpu())("the Trainer on WebGPU", () => {
  it("reaches the processor's accuracy, and its checkpoint goes on there", { timeout: 600_000 }, async () => {
    const processor = await trainDigits("cpu");
    const device = await trainDigits("webgpu");
    expect(processor.accuracy).toBeGreaterThan(0.75);
    expect(Math.abs(device.accuracy - processor.accuracy)).toBeLessThan(0.02);

    const trainer = trainerOn("cpu", { maxEpochs: 2, limitTrainBatches: 5, limitValBatches: 2 });
    await trainer.fit(new LitMnist(), { datamodule: new MnistDataModule({ batchSize: 16 }), ckptPath: device.path });
    expect(trainer.globalStep).toBe(85);
    expect(Number(trainer.callbackMetrics["val_acc"])).toBeGreaterThan(0.75);
  });

  it("halves the loss of a small model of convolutions", { timeout: 300_000 }, async () => {
    const module = new LitSmallConv();
    const trainer = trainerOn("webgpu", { maxEpochs: 20, overfitBatches: 1, enableCheckpointing: false });
    await trainer.fit(module, { datamodule: new MnistDataModule({ batchSize: 16 }) });
    expect(module.losses.at(-1)).toBeLessThan((module.losses[0] ?? 0) / 2);
  });
});
