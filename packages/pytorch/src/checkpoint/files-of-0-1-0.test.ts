import { readFileSync } from "node:fs";
import {
  DataLoader,
  decodeSafetensors,
  encodeSafetensors,
  F,
  nn,
  optim,
  RandomStream,
  seedEverything,
  TensorDataset,
  tf,
} from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { beforeEach, expect, it } from "vitest";
import { EarlyStopping } from "../callbacks/early-stopping.js";
import { LambdaCallback } from "../callbacks/lambda-callback.js";
import { Timer } from "../callbacks/timer.js";
import { LightningModule } from "../contract/lightning-module.js";
import { Trainer } from "../trainer/trainer.js";

type Batch = [x: tf.Tensor2D, y: tf.Tensor2D];

/** A run of two epochs of six batches, saved after the third batch of the second by the code of 0.1.0. */
const recorded: { readonly losses: number[]; readonly base64: string } = JSON.parse(
  readFileSync(new URL("fixtures/run-0.1.0.json", import.meta.url), "utf8"),
);

let files: MemoryFiles;
let terminal: FakeTerminal;
beforeEach(() => {
  files = new MemoryFiles();
  terminal = new FakeTerminal();
  seedEverything(7);
});

async function write(path: string, bytes: Uint8Array): Promise<void> {
  const file = await files.open(path, "overwrite");
  await file.write(bytes);
  await file.close();
}

class Net extends LightningModule<Batch> {
  readonly body = new nn.Sequential(
    new nn.Linear(3, 4),
    new nn.BatchNorm1d(4),
    new nn.Dropout(0.2),
    new nn.Linear(4, 1),
  );

  override trainingStep([x, y]: Batch) {
    const loss = F.mseLoss(this.body.forward(x), y);
    this.log("train_loss", loss, { onStep: true, onEpoch: true });
    return loss;
  }
  override configureOptimizers() {
    const optimizer = new optim.Adam(this.parameters(), { lr: 0.01 });
    const scheduler = new optim.lrScheduler.StepLR(optimizer, { stepSize: 2 });
    return { optimizer, lrScheduler: { scheduler, interval: "step" } };
  }
}

async function goOn(ckptPath: string): Promise<number[]> {
  const stream = RandomStream.fromSeed(1, "rows");
  const rows = (width: number) =>
    tf.buffer<tf.Rank.R2>([12, width], "float32", stream.fillNormal(new Float32Array(12 * width)));
  const losses: number[] = [];
  const watch = new LambdaCallback({
    onTrainBatchEnd: (_trainer, _module, outputs) => void losses.push(outputs.loss?.dataSync()[0] ?? Number.NaN),
  });
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: 2,
    accumulateGradBatches: 2,
    ...{ logger: false, enableCheckpointing: false, enableProgressBar: false, enableModelSummary: false },
    ports: { files, terminal },
    callbacks: [
      watch,
      new EarlyStopping({ monitor: "train_loss", patience: 5, checkOnTrainEpochEnd: true }),
      new Timer({ duration: { hours: 1 } }),
    ],
  });
  const loader = new DataLoader(new TensorDataset(rows(3), rows(1)), { batchSize: 2, shuffle: true });
  await trainer.fit(new Net(), loader, undefined, { ckptPath });
  return losses;
}

it("a file of 0.1.0, saved in the middle of an epoch, goes on with the losses of the run that wrote it", async () => {
  await write("/old.ckpt", Buffer.from(recorded.base64, "base64"));
  expect(await goOn("/old.ckpt")).toEqual(recorded.losses);
  expect(terminal.warnings).toEqual([]);
});

it("a file of a newer version is refused by name", async () => {
  const { tensors, metadata } = decodeSafetensors(Buffer.from(recorded.base64, "base64"));
  const newer = new Map(metadata);
  newer.set("__lightning__", (metadata.get("__lightning__") ?? "").replace('"version":1', '"version":9'));
  await write("/newer.ckpt", encodeSafetensors(tensors, newer));
  await expect(goOn("/newer.ckpt")).rejects.toThrow(
    "/newer.ckpt is not a usable checkpoint: This was written by a newer lightning-ts. Expected version 2 or older. Received version 9.",
  );
});
