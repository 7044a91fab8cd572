import { DataLoader } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import { ModelCheckpoint } from "../callbacks/model-checkpoint.js";
import { LightningDataModule } from "../contract/lightning-data-module.js";
import { Trainer } from "./trainer.js";

class Data extends LightningDataModule {
  override trainDataloader = () => new DataLoader(randomDataset({ length: 2 }));
  override testDataloader = () => new DataLoader(randomDataset({ length: 3 }));
  override predictDataloader = () => new DataLoader(randomDataset({ length: 5 }));
}

class Model extends BoringModel {
  readonly tested: number[] = [];

  override trainingStep(...args: Parameters<BoringModel["trainingStep"]>) {
    this.log("loss", 1);
    return super.trainingStep(...args);
  }
  override testStep(_batch: unknown, batchIdx: number) {
    this.tested.push(batchIdx);
  }
}

const makeTrainer = () =>
  new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: 1,
    logger: false,
    enableProgressBar: false,
    enableModelSummary: false,
    callbacks: new ModelCheckpoint({ dirpath: "/ckpt", monitor: "loss" }),
    ports: { files: new MemoryFiles(), terminal: new FakeTerminal() },
  });

it("a Trainer evaluates the module that it has run, with options in its place", async () => {
  const trainer = makeTrainer();
  const model = new Model();
  const datamodule = new Data();
  await trainer.fit(model, datamodule);
  await trainer.test({ ckptPath: "best", datamodule });
  expect(model.tested).toEqual([0, 1, 2]);
  expect(trainer.ckptPath).toMatch(/^\/ckpt\//);
  await trainer.test({ ckptPath: "best", dataloaders: datamodule.trainDataloader(), verbose: false });
  expect(model.tested).toEqual([0, 1, 2, 0, 1]);
  expect(await trainer.predict({ datamodule, ckptPath: "last" })).toHaveLength(5);
});

it("a Trainer that has run none says so, and options that nobody knows are refused", async () => {
  await expect(makeTrainer().test({ datamodule: new Data() })).rejects.toThrow(/trainer\.test needs a LightningModule/);
  const misspelt: object = { datamodul: new Data() };
  await expect(makeTrainer().test(misspelt)).rejects.toThrow(/no option "datamodul"/);
});
