import type { KeptCheckpoints, Logger } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { ModelCheckpoint } from "../callbacks/model-checkpoint.js";
import type { ModelCheckpointOptions } from "../callbacks/model-checkpoint-options.js";
import { loader, Net, quietOptions } from "./metric-objects-under-test.js";
import { Trainer } from "./trainer.js";

/** Remembers what it hears of checkpoints, and whether the newest file was there then. */
function listener(files: MemoryFiles, hear: () => PromiseLike<void> | undefined = () => undefined) {
  const heard: (KeptCheckpoints & { readonly isThere: boolean })[] = [];
  const nothing = async (): Promise<void> => {};
  const logger: Logger = {
    kind: "logger",
    name: "listener",
    version: 0,
    groupSeparator: "/",
    logHyperparams: () => undefined,
    open: nothing,
    logMetrics: () => undefined,
    afterSaveCheckpoint: (kept) => {
      heard.push({ ...kept, isThere: files.paths().includes(kept.bestModelPath) });
      return hear();
    },
    save: nothing,
    finalize: nothing,
  };
  return { logger, heard };
}

async function fit(logger: Logger, files: MemoryFiles, options: ModelCheckpointOptions) {
  const terminal = new FakeTerminal();
  const callbacks = [new ModelCheckpoint({ dirpath: "/ckpt", ...options })];
  const trainer = new Trainer({
    ...quietOptions(),
    logger,
    callbacks,
    enableCheckpointing: true,
    ports: { files, terminal },
  });
  const result = await trainer.fit(new Net(), loader(), loader());
  return { result, warnings: terminal.warnings };
}

describe("loggers", () => {
  it("hear of each checkpoint that is saved, when its file is there", async () => {
    const files = new MemoryFiles();
    const { logger, heard } = listener(files);
    await fit(logger, files, { monitor: "val_acc", mode: "max", saveTopK: -1, filename: "{epoch}" });
    expect(heard.map(({ bestModelPath, scores, isThere }) => [bestModelPath, scores.size, isThere])).toEqual([
      [expect.stringMatching(/^\/ckpt\/epoch=\d\.ckpt$/), 1, true],
      [expect.stringMatching(/^\/ckpt\/epoch=\d\.ckpt$/), 2, true],
    ]);
    expect(heard[0]?.settings).toEqual({
      monitor: "val_acc",
      mode: "max",
      saveLast: false,
      saveTopK: -1,
      saveWeightsOnly: false,
    });
    expect(heard[0]?.callback).toContain("ModelCheckpoint");
  });

  it("hear of the last file too", async () => {
    const files = new MemoryFiles();
    const { logger, heard } = listener(files);
    await fit(logger, files, { saveTopK: 0, saveLast: true });
    expect(heard.map(({ bestModelPath, lastModelPath }) => [bestModelPath, lastModelPath])).toEqual([
      ["", "/ckpt/last.ckpt"],
      ["", "/ckpt/last.ckpt"],
    ]);
  });

  it("that cannot send a checkpoint are reported, and the run goes on", async () => {
    const files = new MemoryFiles();
    const { logger, heard } = listener(files, () => Promise.reject(new Error("the server is down.")));
    const { result, warnings } = await fit(logger, files, {});
    expect(result.status).toBe("finished");
    expect(heard.length).toBeGreaterThan(1);
    const said = warnings.filter((text) => text.includes("afterSaveCheckpoint"));
    expect(said).toEqual([
      expect.stringContaining("failed in afterSaveCheckpoint: the server is down. The run goes on"),
    ]);
  });
});
