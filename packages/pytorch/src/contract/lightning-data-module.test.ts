import { DataLoader, tf } from "@lightning-ts/core";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset, type BoringBatch } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import type { Trainer } from "../trainer/trainer.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { LightningDataModule } from "./lightning-data-module.js";
import { quietTrainer } from "../trainer/quiet-trainer-under-test.js";

function makeTrainer(options: TrainerOptions = {}): Trainer {
  return quietTrainer({ maxEpochs: 1, numSanityValSteps: 0, ...options });
}

class Data extends LightningDataModule<[x: tf.TensorBuffer<tf.Rank.R2, "float32">]> {
  readonly calls: string[] = [];
  count = 0;
  override async prepareData() {
    await Promise.resolve();
    this.calls.push("prepareData");
  }
  override setup(stage: string) {
    this.calls.push(`setup ${stage}`);
  }
  override teardown(stage: string) {
    this.calls.push(`teardown ${stage}`);
  }
  override trainDataloader() {
    this.calls.push("trainDataloader");
    return new DataLoader(randomDataset({ length: 2 }));
  }
  override testDataloader() {
    this.calls.push("testDataloader");
    return new DataLoader(randomDataset({ length: 2 }));
  }
  override onAfterBatchTransfer(batch: unknown) {
    this.count += 1;
    return batch;
  }
  override stateDict() {
    return { count: this.count };
  }
  override loadStateDict(state: Record<string, unknown>) {
    this.count = Number(state["count"]);
  }
}

it("is asked in Lightning's order, for every stage, and replaces the module's loaders", async () => {
  const data = new Data();
  const trainer = makeTrainer();
  await trainer.fit(new BoringModel(), data);
  await trainer.test(new BoringModel(), { datamodule: data, verbose: false });
  expect(data.calls).toEqual([
    "prepareData",
    "setup fit",
    "trainDataloader",
    "teardown fit",
    "prepareData",
    "setup test",
    "testDataloader",
    "teardown test",
  ]);
  expect(data.trainer).toBe(trainer);
});

it("keeps its state in checkpoints", async () => {
  const files = new MemoryFiles();
  const ports = { files, terminal: new FakeTerminal() };
  const trainer = makeTrainer({ ports });
  await trainer.fit(new BoringModel(), new Data());
  await trainer.saveCheckpoint("/data.ckpt");
  const data = new Data();
  await makeTrainer({ ports, maxEpochs: 2 }).fit(new BoringModel(), data, { ckptPath: "/data.ckpt" });
  expect(data.count).toBe(4);
});

it("wins over the module where both change a batch, and the user hears of it", async () => {
  const terminal = new FakeTerminal();
  class Changes extends BoringModel {
    override onAfterBatchTransfer(): never {
      throw new Error("not mine");
    }
  }
  await makeTrainer({ ports: { files: new MemoryFiles(), terminal } }).fit(new Changes(), new Data());
  expect(terminal.warnings.join()).toContain("override onAfterBatchTransfer; the data module's is used");
});

it("can be made of datasets", async () => {
  const data = LightningDataModule.fromDatasets({
    train: randomDataset({ length: 6 }),
    test: [randomDataset({ length: 2 }), randomDataset({ length: 3 })],
    batchSize: 2,
  });
  expect(await data.describe()).toBe(
    "{Train dataloader: size=3}\n{Validation dataloader: size=None}\n{Test dataloader: size=1, 2}\n{Predict dataloader: size=None}",
  );
  const seen: number[][] = [];
  class Looks extends BoringModel {
    override testStep(batch: BoringBatch, batchIdx: number, dataloaderIdx: number) {
      seen.push([dataloaderIdx, batchIdx, batch[0].shape[0]]);
    }
  }
  await makeTrainer().test(new Looks(), { datamodule: data });
  expect(seen).toEqual([
    [0, 0, 2],
    [1, 0, 2],
    [1, 1, 1],
  ]);
});

it("can change batches before, during and after the transfer", async () => {
  class Doubles extends LightningDataModule {
    override trainDataloader() {
      return [{ values: [1, 2] }];
    }
    override onBeforeBatchTransfer(batch: unknown) {
      return (batch as { values: number[] }).values;
    }
    override async transferBatchToDevice(batch: unknown) {
      await Promise.resolve();
      return tf.tensor(batch as number[]);
    }
    override onAfterBatchTransfer(batch: unknown) {
      return [(batch as tf.Tensor).mul(2)];
    }
  }
  const seen: unknown[] = [];
  class Looks extends BoringModel {
    override trainingStep(batch: BoringBatch) {
      seen.push([...batch[0].dataSync()]);
    }
  }
  await makeTrainer().fit(new Looks(), { datamodule: new Doubles() as LightningDataModule });
  expect(seen).toEqual([[2, 4]]);
});
