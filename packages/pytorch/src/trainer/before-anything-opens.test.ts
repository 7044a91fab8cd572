import { DataLoader } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { LambdaCallback } from "../callbacks/lambda-callback.js";
import { ModelCheckpoint } from "../callbacks/model-checkpoint.js";
import { OnExceptionCheckpoint } from "../callbacks/on-exception-checkpoint.js";
import { LightningDataModule } from "../contract/lightning-data-module.js";
import { Trainer } from "./trainer.js";

class Data extends LightningDataModule {
  readonly heard: unknown[] = [];
  override trainDataloader() {
    return new DataLoader(randomDataset({ length: 2 }));
  }
  override onException(error: unknown) {
    this.heard.push(error);
  }
}

describe("onException of callbacks and data module is called when a run fails", () => {
  const failure = new Error("too early");
  class FailsToConfigure extends BoringModel {
    override configureCallbacks(): never {
      throw failure;
    }
  }
  class FailsToOpen extends BoringModel {
    trainingEpochEnd(): void {}
  }

  it.each([
    ["in configureCallbacks", FailsToConfigure, "FailsToConfigure.configureCallbacks failed", failure],
    ["while its session is opened", FailsToOpen, "FailsToOpen defines trainingEpochEnd", expect.anything()],
  ])("%s", async (_, Model, message, heard) => {
    const errors: unknown[] = [];
    const teardowns: string[] = [];
    const files = new MemoryFiles();
    const datamodule = new Data();
    const trainer = new Trainer({
      accelerator: cpu({ backend: "cpu" }),
      maxEpochs: 1,
      logger: false,
      enableProgressBar: false,
      enableModelSummary: false,
      ports: { files, terminal: new FakeTerminal() },
      callbacks: [
        new LambdaCallback({
          onException: (_trainer, _module, error) => void errors.push(error),
          teardown: () => void teardowns.push("teardown"),
        }),
        new ModelCheckpoint({ dirpath: "/best", saveOnException: true }),
        new OnExceptionCheckpoint({ dirpath: "/rescue" }),
      ],
    });
    await trainer.fit(new BoringModel(), { datamodule: new Data() });
    teardowns.length = 0;
    trainer.maxEpochs = 2;
    const before = await files.list("/best");
    await expect(trainer.fit(new Model(), { datamodule })).rejects.toThrow(message);
    expect(errors).toEqual([heard]);
    expect(datamodule.heard).toEqual([heard]);
    // What was not set up is not torn down, and has nothing to save.
    expect(teardowns).toEqual([]);
    expect(await files.list("/best")).toEqual(before);
    expect(trainer.status).toBe("interrupted");
    expect((await trainer.fit(new BoringModel(), { datamodule })).status).toBe("finished");
  });
});
