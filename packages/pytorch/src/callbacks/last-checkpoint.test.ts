import { DataLoader } from "@lightning-ts/core";
import { AsyncCheckpointStore, cpu, SafetensorsCheckpointStore } from "@lightning-ts/fabric";
import { nodePorts } from "@lightning-ts/fabric/node";
import {
  BoringModel,
  FakeTerminal,
  fileError,
  MemoryFiles,
  randomDataset,
  type BoringBatch,
} from "@lightning-ts/testing";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Trainer } from "../trainer/trainer.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { LambdaCallback } from "./lambda-callback.js";
import { ModelCheckpoint } from "./model-checkpoint.js";
import type { ModelCheckpointOptions } from "./model-checkpoint-options.js";

const loader = (batches: number) => new DataLoader(randomDataset({ length: batches }));

/** `score` of epoch n is `scores[n]`. */
class Scored extends BoringModel {
  constructor(readonly scores: readonly number[]) {
    super();
  }
  override validationStep(_batch: BoringBatch) {
    this.log("score", this.scores[this.currentEpoch] ?? 0);
  }
}

let files: MemoryFiles;
let terminal: FakeTerminal;
beforeEach(() => {
  files = new MemoryFiles();
  terminal = new FakeTerminal();
});

interface Run {
  readonly scores?: readonly number[];
  readonly ckptPath?: string;
  readonly trainer?: TrainerOptions;
  readonly callback?: ModelCheckpoint;
}

async function run(checkpoint: ModelCheckpointOptions, { scores = [3, 1, 2], ckptPath, ...given }: Run = {}) {
  const callback = given.callback ?? new ModelCheckpoint({ dirpath: "/ckpt", ...checkpoint });
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: scores.length,
    logger: false,
    enableProgressBar: false,
    enableModelSummary: false,
    callbacks: callback,
    ports: { files, terminal },
    ...given.trainer,
  });
  await trainer.fit(new Scored(scores), loader(4), loader(1), { ckptPath });
  const names = await files.list("/ckpt").catch(() => []);
  return { callback, trainer, names: [...names].sort() };
}

async function stepOf(file: string): Promise<unknown> {
  return (await new SafetensorsCheckpointStore(files).load(file))["global_step"];
}

describe("the last checkpoint", () => {
  it("of another run in the folder is left alone", async () => {
    const first = await run({ saveLast: true, saveTopK: 0 }, { scores: [1] });
    const before = await files.readFile(first.callback.lastModelPath);
    const { names, callback } = await run({ saveLast: true, saveTopK: 0 });
    expect(names).toEqual(["last-v1.ckpt", "last.ckpt"]);
    expect(callback.lastModelPath).toBe("/ckpt/last-v1.ckpt");
    expect(await files.readFile("/ckpt/last.ckpt")).toEqual(before);
    expect(await stepOf("/ckpt/last-v1.ckpt")).toBe(12);
  });

  it("is replaced by the run that was resumed from it, also where the folder has moved", async () => {
    await run({ saveLast: true, saveTopK: 0 }, { scores: [1] });
    await run({ saveLast: true, saveTopK: 0 }, { scores: [1] });
    const resumed = await run({ saveLast: true, saveTopK: 0 }, { ckptPath: "/ckpt/last-v1.ckpt" });
    expect(resumed.names).toEqual(["last-v1.ckpt", "last.ckpt"]);
    expect([await stepOf("/ckpt/last.ckpt"), await stepOf("/ckpt/last-v1.ckpt")]).toEqual([4, 12]);
    await files.makeDirectory("/moved");
    await files.rename("/ckpt/last.ckpt", "/moved/last.ckpt");
    const { callback } = await run(
      { saveLast: true, saveTopK: 0, dirpath: "/moved" },
      { ckptPath: "/moved/last.ckpt", scores: [1, 1] },
    );
    expect(callback.lastModelPath).toBe("/moved/last.ckpt");
    expect(await files.list("/moved")).toEqual(["last.ckpt"]);
    expect(terminal.text + terminal.warnings.join("\n")).toContain("this one writes to /moved: only bestModelPath");
  });

  it("is overwritten without a version counter", async () => {
    await run({ saveLast: true, saveTopK: 0, enableVersionCounter: false }, { scores: [1] });
    expect((await run({ saveLast: true, saveTopK: 0, enableVersionCounter: false })).names).toEqual(["last.ckpt"]);
  });

  it("is the newest state, not the last best one", async () => {
    const { callback } = await run({ saveLast: true, monitor: "score" });
    expect(callback.bestModelPath).toBe("/ckpt/epoch=1-step=8.ckpt");
    expect(await stepOf("/ckpt/last.ckpt")).toBe(12);
  });

  it("is written while the metric that decides is still to come", async () => {
    await run(
      { saveLast: true, monitor: "score", everyNTrainSteps: 3 },
      { scores: [1], trainer: { maxSteps: 3, numSanityValSteps: 0 } },
    );
    expect([...(await files.list("/ckpt"))]).toEqual(["last.ckpt"]);
  });

  it("has a name that is filled in, and is found by it", async () => {
    class Named extends ModelCheckpoint {
      static override CHECKPOINT_NAME_LAST = "{epoch}-newest";
      static override FILE_EXTENSION = ".safetensors";
    }
    const named = () => new Named({ dirpath: "/ckpt", saveLast: true, saveTopK: 0 });
    const { names } = await run({}, { callback: named() });
    expect(names).toEqual(["epoch=2-newest.safetensors"]);
    const callback = new ModelCheckpoint({ dirpath: "/ckpt", saveLast: true, saveTopK: 0 });
    callback.CHECKPOINT_NAME_LAST = "{epoch}+{score:.1f}";
    callback.CHECKPOINT_EQUALS_CHAR = "_";
    expect((await run({}, { callback })).names).toContain("epoch_2+score_2.0.ckpt");
    const resumed = await run({}, { callback: named(), ckptPath: "last", scores: [1, 1, 1, 1] });
    expect(resumed.trainer.ckptPath).toBe("/ckpt/epoch=2-newest.safetensors");
    expect(resumed.names).toContain("epoch=3-newest.safetensors");
  });
});

describe("a link to the newest file", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await fs.mkdtemp(path.join(tmpdir(), "last-"));
  });
  afterEach(() => fs.rm(folder, { recursive: true }));
  const onDisk = (checkpoint: ModelCheckpointOptions, scores: readonly number[], name = "a") =>
    run(
      { dirpath: path.join(folder, name), saveLast: "link", ...checkpoint },
      { scores, trainer: { ports: { files: nodePorts().files, terminal } } },
    );

  it("is relative, so that the folder can be moved", async () => {
    await onDisk({}, [1, 1]);
    await fs.rename(path.join(folder, "a"), path.join(folder, "b"));
    expect((await fs.readdir(path.join(folder, "b"))).sort()).toEqual(["epoch=1-step=8.ckpt", "last.ckpt"]);
    expect(await fs.readlink(path.join(folder, "b", "last.ckpt"))).toBe("epoch=1-step=8.ckpt");
    await fs.access(path.join(folder, "b", "last.ckpt"));
  });

  it("leads out of its own folder", async () => {
    class Deep extends ModelCheckpoint {
      static override CHECKPOINT_NAME_LAST = "newest/last";
    }
    const callback = new Deep({ dirpath: path.join(folder, "a"), saveLast: "link", filename: "files/{epoch}" });
    await run({}, { callback, scores: [1], trainer: { ports: { files: nodePorts().files, terminal } } });
    expect(await fs.readlink(path.join(folder, "a/newest/last.ckpt"))).toBe("../files/epoch=0.ckpt");
  });

  it("with a metric is a link where the newest state is among the best, else a file of its own", async () => {
    await onDisk({ monitor: "score" }, [3, 1], "linked");
    expect(await fs.readlink(path.join(folder, "linked/last.ckpt"))).toBe("epoch=1-step=8.ckpt");
    const { callback } = await onDisk({ monitor: "score" }, [3, 1, 2], "full");
    expect((await fs.lstat(callback.lastModelPath)).isSymbolicLink()).toBe(false);
    const best = await new SafetensorsCheckpointStore(nodePorts().files).load(callback.bestModelPath);
    expect(best["global_step"]).toBe(8);
  });

  it("is a full file where nothing can be linked to", async () => {
    files.failWhen((operation) => (operation === "link" ? fileError("EPERM", "no links here") : undefined));
    const { names } = await run({ saveLast: "link" });
    expect(names).toEqual(["epoch=2-step=12.ckpt", "last.ckpt"]);
    expect(await stepOf("/ckpt/last.ckpt")).toBe(12);
    expect(terminal.warnings.join("\n")).toContain("no link can be made");
    files.failWhen(() => undefined);
    expect((await run({ saveLast: "link", saveTopK: 0, dirpath: "/none" })).callback.lastModelPath).toBe(
      "/none/last.ckpt",
    );
  });
});

describe("when a file cannot be written", () => {
  it("the paths name files that exist", async () => {
    const callback = new ModelCheckpoint({ dirpath: "/ckpt", monitor: "score", saveLast: true, saveTopK: 2 });
    files.failWhen((operation) =>
      operation === "write" && files.paths().includes("/ckpt/last.ckpt") ? fileError("ENOSPC", "disk full") : undefined,
    );
    await expect(run({}, { callback })).rejects.toThrow(/disk full/);
    expect(callback.bestModelPath).toBe("/ckpt/epoch=0-step=4.ckpt");
    expect(callback.bestKModels).toEqual({ "/ckpt/epoch=0-step=4.ckpt": 3 });
    expect(callback.bestModelScore).toBe(3);
    expect(callback.lastModelPath).toBe("/ckpt/last.ckpt");
    expect(files.paths()).toEqual(["/ckpt/epoch=0-step=4.ckpt", "/ckpt/last.ckpt"]);
  });

  it("nothing is named when the first one fails", async () => {
    const callback = new ModelCheckpoint({ dirpath: "/ckpt" });
    files.failWhen((operation) => (operation === "write" ? fileError("ENOSPC", "disk full") : undefined));
    await expect(run({}, { callback })).rejects.toThrow(/disk full/);
    expect(callback.bestModelPath).toBe("");
  });

  it("in the background, its path is forgotten once that is known", async () => {
    const callback = new ModelCheckpoint({ dirpath: "/ckpt", monitor: "score", saveTopK: -1 });
    files.failWhen((operation) =>
      operation === "write" && files.paths().includes("/ckpt/epoch=0-step=4.ckpt")
        ? fileError("ENOSPC", "disk full")
        : undefined,
    );
    const store = new AsyncCheckpointStore(new SafetensorsCheckpointStore(files));
    // A store that is asked for a file waits for what it is writing: each epoch knows what became of the one before.
    const settles = new LambdaCallback({ onTrainEpochStart: async () => void (await store.exists("/none")) });
    const trainer = { plugins: [store], callbacks: [callback, settles] };
    await expect(run({}, { callback, trainer })).rejects.toThrow(/disk full/);
    expect(callback.bestModelPath).toBe("/ckpt/epoch=0-step=4.ckpt");
    expect(Object.keys(callback.bestKModels)).toEqual(["/ckpt/epoch=0-step=4.ckpt"]);
  });
});
