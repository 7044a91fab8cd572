import { DataLoader } from "@lightning-ts/core";
import { AsyncCheckpointStore, cpu, SafetensorsCheckpointStore } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import { Trainer } from "../trainer/trainer.js";
import { ModelCheckpoint } from "./model-checkpoint.js";

it("the best file stays where one that was to replace it could not be written in the background", async () => {
  const files = new MemoryFiles();
  const best = new ModelCheckpoint({
    dirpath: "/best",
    monitor: "score",
    filename: "{epoch}",
    saveOnTrainEpochEnd: true,
  });
  class Improves extends BoringModel {
    override onTrainEpochEnd() {
      this.log("score", -this.trainer.currentEpoch);
    }
  }
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: 3,
    logger: false,
    enableProgressBar: false,
    enableModelSummary: false,
    limitValBatches: 0,
    plugins: [new AsyncCheckpointStore(new SafetensorsCheckpointStore(files))],
    ports: { files, terminal: new FakeTerminal() },
    callbacks: best,
  });
  files.failWhen((operation) =>
    operation === "open" && files.paths().includes("/best/epoch=0.ckpt") ? new Error("the disk is full") : undefined,
  );
  await expect(trainer.fit(new Improves(), new DataLoader(randomDataset({ length: 2 })))).rejects.toThrow(
    "disk is full",
  );
  expect(files.paths()).toEqual(["/best/epoch=0.ckpt"]);
  expect(best.bestModelPath).toBe("/best/epoch=0.ckpt");
  expect(Object.keys(best.bestKModels)).toEqual(["/best/epoch=0.ckpt"]);
});
