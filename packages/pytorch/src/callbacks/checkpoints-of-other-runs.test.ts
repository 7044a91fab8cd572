import { fileError } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { MODULE, Run, start } from "./checkpoint-run-under-test.js";
import { ModelCheckpoint } from "./model-checkpoint.js";
import type { ModelCheckpointOptions } from "./model-checkpoint-options.js";

describe("a ModelCheckpoint when a run fails", () => {
  const fail = async (options: ModelCheckpointOptions, saves = false) => {
    const { run, callback, trainer, batch, names } = await start({ everyNEpochs: 9, ...options });
    await batch();
    if (saves) await callback.onValidationEnd(trainer);
    run.batchesSeen += 1;
    await callback.onException(trainer, MODULE, new Error("no more"));
    return names();
  };

  it("saves if it is told to", async () => {
    expect(await fail({ saveOnException: true })).toEqual(["epoch=0-step=1"]);
    expect(await fail({ saveOnException: true, saveLast: true })).toEqual(["epoch=0-step=1", "last"]);
    expect([await fail({}), await fail({ saveOnException: false })]).toEqual([[], []]);
  });

  it("does not save the same batch twice", async () => {
    const { run, callback, trainer, batch } = await start({ everyNTrainSteps: 1, saveOnException: true });
    await batch();
    await callback.onException(trainer, MODULE, new Error("no more"));
    expect(run.saved).toHaveLength(1);
    run.batchesSeen += 1;
    await callback.onException(trainer, MODULE, new Error("no more"));
    expect(run.saved).toHaveLength(2);
  });
});

describe("a ModelCheckpoint whose file cannot be written", () => {
  it("is as it was before, and forgets files that are not there", async () => {
    const { run, callback, epoch, batch } = await start({ monitor: "loss", saveTopK: 2, saveLast: true });
    await batch();
    await epoch({ loss: 2 });
    await batch();
    await epoch({ loss: 3 });
    await run.files.remove("/ckpt/epoch=0-step=1.ckpt");
    await run.files.remove("/ckpt/last.ckpt");
    run.files.failWhen((operation) => (operation === "open" ? fileError("ENOSPC", "disk full") : undefined));
    await batch();
    await expect(epoch({ loss: 1 })).rejects.toThrow("disk full");
    expect(callback).toMatchObject({
      bestModelPath: "/ckpt/epoch=1-step=2.ckpt",
      bestModelScore: 3,
      lastModelPath: "",
      kthBestModelPath: "/ckpt/epoch=1-step=2.ckpt",
    });
  });

  it("keeps what is there", async () => {
    const { run, callback, epoch, batch } = await start({ monitor: "loss", saveLast: true });
    await batch();
    await epoch({ loss: 2 });
    run.files.failWhen((operation) => (operation === "open" ? fileError("ENOSPC", "disk full") : undefined));
    await batch();
    await expect(epoch({ loss: 1 })).rejects.toThrow("disk full");
    expect(callback).toMatchObject({
      bestModelPath: "/ckpt/epoch=0-step=1.ckpt",
      bestModelScore: 2,
      lastModelPath: "/ckpt/last.ckpt",
    });
  });

  it("knows of nothing when the first one fails", async () => {
    const { run, callback, epoch, batch } = await start({ monitor: "loss" });
    run.files.failWhen((operation) => (operation === "open" ? fileError("ENOSPC", "disk full") : undefined));
    await batch();
    await expect(epoch({ loss: 1 })).rejects.toThrow("disk full");
    expect([callback.bestModelPath, callback.bestModelScore]).toEqual(["", undefined]);
  });
});

describe("the folder of a ModelCheckpoint", () => {
  const warnings = async (options: ModelCheckpointOptions, changes: Partial<Run>, names: readonly string[]) => {
    const run = Object.assign(new Run(), changes);
    await run.files.makeDirectory("/ckpt");
    for (const name of names) await run.saveCheckpoint(`/ckpt/${name}`, {});
    await new ModelCheckpoint({ dirpath: "/ckpt", ...options }).setup(Object(run), MODULE, "fit");
    return run.warnings;
  };

  it("is pointed out where files are in it that may get new neighbours", async () => {
    expect(await warnings({}, {}, ["old.ckpt"])).toEqual([
      "folder /ckpt: ModelCheckpoint: the folder /ckpt exists and is not empty.",
    ]);
    expect(await warnings({}, {}, [])).toEqual([]);
    expect(await warnings({ saveTopK: 0 }, {}, ["old.ckpt"])).toEqual([]);
    expect(await warnings({}, { fastDevRun: 1 }, ["old.ckpt"])).toEqual([]);
  });

  it("is known in a fit only", async () => {
    const run = new Run();
    const callback = new ModelCheckpoint();
    await callback.setup(Object(run), MODULE, "test");
    expect(callback.dirpath).toBeUndefined();
    await callback.setup(Object(run), MODULE, "fit");
    expect(callback.dirpath).toBe("/project/checkpoints");
  });

  it("is where the scores are written, unless another path is given", async () => {
    const { callback, epoch, batch, run } = await start({ monitor: "loss" });
    await batch();
    await epoch({ loss: 1 });
    await callback.toYaml();
    await callback.toYaml("/elsewhere/scores.yaml");
    expect(run.files.paths()).toEqual([
      "/ckpt/best_k_models.yaml",
      "/ckpt/epoch=0-step=1.ckpt",
      "/elsewhere/scores.yaml",
    ]);
  });
});

describe("a ModelCheckpoint in a checkpoint", () => {
  const trained = async () => {
    const started = await start({ monitor: "loss", saveTopK: 2, saveLast: true });
    await started.batch();
    await started.epoch({ loss: 2 });
    return started;
  };

  it("comes back whole in a run that writes to the same folder", async () => {
    const { callback } = await trained();
    const state = callback.stateDict();
    expect(state).toEqual({
      version: 1,
      monitor: "loss",
      bestModelScore: 2,
      bestModelPath: "/ckpt/epoch=0-step=1.ckpt",
      currentScore: 2,
      dirpath: "/ckpt",
      bestKModels: [["/ckpt/epoch=0-step=1.ckpt", 2]],
      lastModelPath: "/ckpt/last.ckpt",
      outdated: [],
    });
    const other = await start({ monitor: "loss", saveTopK: 2, saveLast: true });
    other.callback.loadStateDict(state);
    expect([other.callback.stateDict(), other.run.warnings]).toEqual([state, []]);
  });

  it("brings only its best path into another folder, and says so", async () => {
    const { callback } = await trained();
    const other = await start({ monitor: "loss", dirpath: "/new" });
    other.callback.loadStateDict(callback.stateDict());
    expect(other.callback).toMatchObject({
      bestModelPath: "/ckpt/epoch=0-step=1.ckpt",
      bestModelScore: 2,
      lastModelPath: "",
    });
    expect([other.callback.bestKModels, other.callback.currentScore]).toEqual([{}, undefined]);
    expect(other.run.warnings).toEqual([
      "dirpath /new: ModelCheckpoint: the run that is resumed wrote to /ckpt, this one writes to /new: only bestModelPath is taken over.",
    ]);
  });

  it("comes back whole where one of the folders is not known", async () => {
    const { callback } = await trained();
    const state = callback.stateDict();
    const early = new ModelCheckpoint({ monitor: "loss" });
    early.loadStateDict(state);
    expect(early.lastModelPath).toBe("/ckpt/last.ckpt");
    const other = await start({ monitor: "loss" });
    other.callback.loadStateDict({ ...state, dirpath: null });
    expect([other.callback.lastModelPath, other.run.warnings]).toEqual(["/ckpt/last.ckpt", []]);
    expect(new ModelCheckpoint().stateDict()).toMatchObject({
      monitor: null,
      bestModelScore: null,
      currentScore: null,
      dirpath: null,
    });
  });

  it("has a key of its own for each metric, mode and trigger", () => {
    const key = (options: ModelCheckpointOptions) => new ModelCheckpoint(options).stateKey;
    expect(key({})).toBe(
      'ModelCheckpoint{"monitor":null,"mode":"min","everyNTrainSteps":0,"everyNEpochs":1,"trainTimeInterval":null}',
    );
    expect(key({ monitor: "a", mode: "max", trainTimeInterval: 5 })).toBe(
      'ModelCheckpoint{"monitor":"a","mode":"max","everyNTrainSteps":0,"everyNEpochs":0,"trainTimeInterval":5}',
    );
  });

  it("saves a step anew in another run, and not in the same", async () => {
    const { run, callback, trainer, epoch, batch } = await start();
    await batch();
    await epoch();
    await callback.setup(trainer, MODULE, "fit");
    await callback.onTrainEpochEnd(trainer);
    expect(run.saved).toHaveLength(1);
    const other = Object.assign(new Run(), { globalStep: 1 });
    await callback.setup(Object(other), MODULE, "fit");
    await callback.onTrainEpochEnd(Object(other));
    expect(other.saved).toHaveLength(1);
  });

  it("removes nothing outside of its folder", async () => {
    const { run, callback, batch, epoch, names } = await start();
    await run.saveCheckpoint("/other/best.ckpt", {});
    callback.loadStateDict({ ...callback.stateDict(), bestModelPath: "/other/best.ckpt" });
    await batch();
    await epoch();
    expect(names()).toEqual(["epoch=0-step=1", "/other/best"]);
  });
});
