import { DataLoader } from "@lightning-ts/core";
import { AsyncCheckpointStore, cpu, SafetensorsCheckpointStore } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Trainer } from "../trainer/trainer.js";
import { ModelCheckpoint } from "./model-checkpoint.js";
import type { ModelCheckpointOptions } from "./model-checkpoint-options.js";

/** Its score falls with each epoch. */
class Improves extends BoringModel {
  override onTrainEpochEnd() {
    this.log("score", -this.trainer.currentEpoch);
  }
}

interface Given extends ModelCheckpointOptions {
  /** Files that cannot be written, counted from 0. */
  readonly failing: readonly number[];
  readonly onSaveError?: "raise" | "warn";
  readonly model?: BoringModel;
}

/** Three epochs, each saved in the background. */
function fit({ failing, onSaveError, model = new Improves(), ...options }: Given) {
  const [files, terminal] = [new MemoryFiles(), new FakeTerminal()];
  const best = new ModelCheckpoint({ dirpath: "/best", filename: "{epoch}", saveOnTrainEpochEnd: true, ...options });
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: 3,
    logger: false,
    enableProgressBar: false,
    enableModelSummary: false,
    limitValBatches: 0,
    onSaveError,
    plugins: [new AsyncCheckpointStore(new SafetensorsCheckpointStore(files))],
    ports: { files, terminal },
    callbacks: best,
  });
  let writes = -1;
  files.failWhen((operation, path) => {
    if (operation === "open" && path.endsWith(".tmp")) writes += 1;
    return operation === "write" && path.endsWith(".tmp") && failing.includes(writes)
      ? new Error("the disk is full")
      : undefined;
  });
  const running = trainer.fit(model, new DataLoader(randomDataset({ length: 2 })));
  return { running, files, best, terminal };
}

describe("a file that cannot be written in the background", () => {
  it("leaves the best file that it was to replace", async () => {
    const { running, files, best } = fit({ failing: [1, 2], monitor: "score" });
    await expect(running).rejects.toThrow("disk is full");
    expect(files.paths()).toEqual(["/best/epoch=0.ckpt"]);
    expect(best.bestModelPath).toBe("/best/epoch=0.ckpt");
    expect(Object.keys(best.bestKModels)).toEqual(["/best/epoch=0.ckpt"]);
  });

  it("is not the best one where it is the last of several that are kept", async () => {
    const { running, files, best } = fit({ failing: [2], monitor: "score", saveTopK: 3 });
    await expect(running).rejects.toThrow("disk is full");
    expect(files.paths()).toEqual(["/best/epoch=0.ckpt", "/best/epoch=1.ckpt"]);
    expect(best.bestModelPath).toBe("/best/epoch=1.ckpt");
    expect(best.bestModelScore).toBe(-1);
    expect(Object.keys(best.bestKModels)).toEqual(files.paths());
  });

  it("is not the newest one where all are kept", async () => {
    const { running, files, best } = fit({ failing: [2], saveTopK: -1 });
    await expect(running).rejects.toThrow("disk is full");
    expect(files.paths()).toEqual(["/best/epoch=0.ckpt", "/best/epoch=1.ckpt"]);
    expect(best.bestModelPath).toBe("/best/epoch=1.ckpt");
  });

  it("is none where it was the only one", async () => {
    const { running, files, best } = fit({ failing: [0, 1, 2], monitor: "score", saveLast: true });
    await expect(running).rejects.toThrow("disk is full");
    expect(files.paths()).toEqual([]);
    expect([best.bestModelPath, best.lastModelPath, best.bestModelScore]).toEqual(["", "", undefined]);
  });

  it("is not what the result of fit names where the run goes on", async () => {
    const { running, files, terminal } = fit({ failing: [2], saveTopK: -1, onSaveError: "warn" });
    expect(await running).toMatchObject({ status: "finished", bestModelPath: "/best/epoch=1.ckpt" });
    expect(terminal.warnings.filter((line) => line.includes("disk is full"))).toHaveLength(1);
    expect(files.paths()).toEqual(["/best/epoch=0.ckpt", "/best/epoch=1.ckpt"]);
  });

  it("is forgotten where the run fails by something else", async () => {
    class Fails extends Improves {
      override trainingStep(...given: Parameters<BoringModel["trainingStep"]>) {
        if (this.trainer.currentEpoch === 2) throw new Error("a bad batch");
        return super.trainingStep(...given);
      }
    }
    const { running, files, best } = fit({ failing: [1], saveTopK: -1, model: new Fails() });
    await expect(running).rejects.toThrow("The run failed, and so did closing it");
    expect(files.paths()).toEqual(["/best/epoch=0.ckpt"]);
    expect(best.bestModelPath).toBe("/best/epoch=0.ckpt");
  });
});
