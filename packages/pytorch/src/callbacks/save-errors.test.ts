import { DataLoader } from "@lightning-ts/core";
import { AsyncCheckpointStore, cpu, SafetensorsCheckpointStore } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, fileError, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Trainer } from "../trainer/trainer.js";
import { ModelCheckpoint } from "./model-checkpoint.js";

/** A fit whose disk is full from the second checkpoint to the third. */
async function fit(onSaveError: "raise" | "warn" | undefined, isBackground = false) {
  const [files, terminal] = [new MemoryFiles(), new FakeTerminal()];
  const callback = new ModelCheckpoint({ dirpath: "/ckpt", everyNTrainSteps: 1 });
  let writes = 0;
  files.failWhen((operation, path) => {
    if (operation === "open" && path.endsWith(".tmp")) writes += 1;
    return operation === "write" && path.endsWith(".tmp") && (writes === 2 || writes === 3)
      ? fileError("ENOSPC", "disk full")
      : undefined;
  });
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxSteps: 4,
    logger: false,
    enableProgressBar: false,
    enableModelSummary: false,
    limitValBatches: 0,
    onSaveError,
    ports: { files, terminal },
    plugins: isBackground ? [new AsyncCheckpointStore(new SafetensorsCheckpointStore(files))] : [],
    callbacks: callback,
  });
  const result = trainer.fit(new BoringModel(), new DataLoader(randomDataset({ length: 4 }), { batchSize: 1 }));
  return { result, files, terminal, callback };
}

describe("a checkpoint that cannot be written", () => {
  it("ends the run, and the last good one is there", async () => {
    const { result, files, callback } = await fit(undefined);
    await expect(result).rejects.toThrow(/could not be written.*disk full/);
    expect(files.paths()).toEqual(["/ckpt/epoch=0-step=1.ckpt"]);
    expect(callback.bestModelPath).toBe("/ckpt/epoch=0-step=1.ckpt");
  });

  it("is said each time where that is wanted, and the next one replaces the last good one", async () => {
    const { result, files, terminal, callback } = await fit("warn");
    expect(await result).toMatchObject({ status: "finished", steps: 4, bestModelPath: "/ckpt/epoch=0-step=4.ckpt" });
    const said = terminal.warnings.filter((line) => line.includes("disk full"));
    expect(said).toHaveLength(2);
    expect(said[0]).toContain('The run goes on, as onSaveError: "warn" says.');
    expect(files.paths()).toEqual(["/ckpt/epoch=0-step=4.ckpt"]);
    expect(callback.bestModelPath).toBe("/ckpt/epoch=0-step=4.ckpt");
  });

  it("in the background is said as well, and no good one is removed for it", async () => {
    const { result, files, terminal } = await fit("warn", true);
    expect(await result).toMatchObject({ status: "finished", steps: 4 });
    expect(terminal.warnings.join("\n")).toContain("disk full");
    expect(files.paths().length).toBeGreaterThan(0);
  });
});
