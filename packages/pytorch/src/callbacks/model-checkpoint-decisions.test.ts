import { FakeClock, fileError, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";
import type { Stage } from "../words/stages.js";
import { ModelCheckpoint } from "./model-checkpoint.js";
import type { ModelCheckpointOptions } from "./model-checkpoint-options.js";

const MODULE: LightningModule = Object({});

/** As much of a Trainer as a ModelCheckpoint looks at. Its checkpoints are empty files. */
class Run {
  readonly files = new MemoryFiles();
  readonly clock = new FakeClock(1000);
  readonly ports = { files: this.files, clock: this.clock };
  readonly said: string[] = [];
  readonly warnings: string[] = [];
  readonly saved: unknown[] = [];
  readonly loggers = [];
  readonly defaultRootDir = "/root";
  readonly worldSize = 1;
  readonly isGlobalZero = true;
  fastDevRun = 0;
  stage: Stage = "fit";
  training = true;
  validating = false;
  globalStep = 0;
  batchesSeen = 0;
  currentEpoch = 0;
  callbackMetrics: Record<string, number> = {};
  validatesAtEpochEndOnly = true;
  willValidateNow = false;
  hasValidation = false;
  hasValidated = false;
  ckptPath: string | undefined;

  readMetric(name: string): number | undefined {
    return this.callbackMetrics[name];
  }
  say(text: string): void {
    this.said.push(text);
  }
  warn(topic: string, text: string): void {
    this.warnings.push(`${topic}: ${text}`);
  }
  async saveCheckpoint(path: string, options: object): Promise<void> {
    await this.files.makeDirectory(this.files.dirname(path));
    const file = await this.files.open(path, "overwrite");
    await file.close();
    this.saved.push([path.slice(path.lastIndexOf("/") + 1), options]);
  }
  async removeCheckpoint(path: string): Promise<void> {
    await this.files.remove(path);
  }
}

async function start(options: ModelCheckpointOptions = {}, changes: Partial<Run> = {}) {
  const run = Object.assign(new Run(), changes);
  const callback = new ModelCheckpoint({ dirpath: "/ckpt", ...options });
  const trainer: Trainer = Object(run);
  await callback.setup(trainer, MODULE, run.stage);
  callback.onTrainStart(trainer);
  return {
    run,
    callback,
    trainer,
    /** The files that there are. */
    names: () => run.files.paths().map((path) => path.replace("/ckpt/", "").replace(".ckpt", "")),
    async batch(metrics: Record<string, number> = {}) {
      run.globalStep += 1;
      run.batchesSeen += 1;
      Object.assign(run.callbackMetrics, metrics);
      await callback.onTrainBatchEnd(trainer);
    },
    async validation(metrics: Record<string, number> = {}) {
      Object.assign(run.callbackMetrics, metrics);
      run.hasValidated = true;
      await callback.onValidationEnd(trainer);
    },
    async epoch(metrics: Record<string, number> = {}) {
      Object.assign(run.callbackMetrics, metrics);
      await callback.onTrainEpochEnd(trainer);
      run.currentEpoch += 1;
    },
  };
}

describe("a ModelCheckpoint saves", () => {
  it("at the end of an epoch, or after its validation, as validation runs", async () => {
    const atEnd = await start({}, { validatesAtEpochEndOnly: true });
    await atEnd.batch();
    await atEnd.validation();
    expect(atEnd.names()).toEqual([]);
    await atEnd.epoch();
    expect(atEnd.names()).toEqual(["epoch=0-step=1"]);
    const after = await start({}, { validatesAtEpochEndOnly: false });
    await after.batch();
    await after.validation();
    expect(after.names()).toEqual(["epoch=0-step=1"]);
    await after.batch();
    await after.epoch();
    expect(after.names()).toEqual(["epoch=0-step=1"]);
  });

  it("where it is told to, whatever validation does", async () => {
    const atEnd = await start({ saveOnTrainEpochEnd: true }, { validatesAtEpochEndOnly: false });
    await atEnd.batch();
    await atEnd.validation();
    expect(atEnd.names()).toEqual([]);
    await atEnd.epoch();
    expect(atEnd.names()).toHaveLength(1);
    const after = await start({ saveOnTrainEpochEnd: false });
    await after.batch();
    await after.epoch();
    expect(after.names()).toEqual([]);
    await after.validation();
    expect(after.names()).toHaveLength(1);
  });

  it("as validation runs when training starts, which may be known late", async () => {
    const { run, callback, trainer, batch, validation, names } = await start({}, { validatesAtEpochEndOnly: true });
    run.validatesAtEpochEndOnly = false;
    callback.onTrainStart(trainer);
    await batch();
    await validation();
    expect(names()).toHaveLength(1);
  });

  it("every few epochs", async () => {
    const { batch, epoch, names } = await start({ everyNEpochs: 2, saveTopK: -1 });
    for (let i = 0; i < 4; i += 1) {
      await batch();
      await epoch();
    }
    expect(names()).toEqual(["epoch=1-step=2", "epoch=3-step=4"]);
  });

  it("every few steps, and then not at epochs", async () => {
    const { batch, epoch, names } = await start({ everyNTrainSteps: 2, saveTopK: -1 });
    for (let i = 0; i < 5; i += 1) await batch();
    await epoch();
    expect(names()).toEqual(["epoch=0-step=2", "epoch=0-step=4"]);
  });

  it("after a time, and again when it has passed once more", async () => {
    const { run, batch, epoch, names } = await start({ trainTimeInterval: 100, saveTopK: -1 });
    for (const ms of [99, 1, 99, 1, 5]) {
      run.clock.advance(ms);
      await batch();
    }
    await epoch();
    expect(names()).toEqual(["epoch=0-step=2", "epoch=0-step=4"]);
  });

  it("never where nothing is due", async () => {
    const { run, batch, epoch, names } = await start({ everyNTrainSteps: 0, everyNEpochs: 0 });
    run.clock.advance(1e9);
    await batch();
    await epoch();
    expect(names()).toEqual([]);
  });

  it("a step once, however many hooks follow", async () => {
    const { run, batch, epoch, validation, callback, trainer } = await start({ everyNTrainSteps: 1, saveTopK: -1 });
    await batch();
    await callback.onTrainBatchEnd(trainer);
    await epoch();
    await validation();
    expect(run.saved).toHaveLength(1);
  });

  it("nothing in a dry run, in another stage, and while nothing trains or validates", async () => {
    for (const changes of [{ fastDevRun: 1 }, { stage: "test" as const }, { training: false }]) {
      const { run, batch, epoch, validation, callback, trainer } = await start(
        { everyNTrainSteps: 1, saveLast: true, saveOnException: true },
        changes,
      );
      await batch();
      await validation();
      await epoch();
      await callback.onException(trainer, MODULE, new Error("no more"));
      expect(run.saved).toEqual([]);
    }
  });

  it("while it validates in the middle of training", async () => {
    const { batch, validation, names } = await start(
      { saveOnTrainEpochEnd: false },
      { training: false, validating: true },
    );
    await batch();
    await validation();
    expect(names()).toHaveLength(1);
  });

  it("weights only, if it is told to", async () => {
    const saved = async (saveWeightsOnly?: boolean) => {
      const { run, batch } = await start({ everyNTrainSteps: 1, saveWeightsOnly });
      await batch();
      return run.saved;
    };
    expect(await saved()).toEqual([["epoch=0-step=1.ckpt", { weightsOnly: false }]]);
    expect(await saved(true)).toEqual([["epoch=0-step=1.ckpt", { weightsOnly: true }]]);
  });
});

describe("the best files of a ModelCheckpoint", () => {
  it("are those with the best scores; the others go", async () => {
    const { callback, epoch, batch, names } = await start({ monitor: "loss", saveTopK: 2 });
    for (const loss of [3, 1, 4, 2]) {
      await batch();
      await epoch({ loss });
    }
    expect(names()).toEqual(["epoch=1-step=2", "epoch=3-step=4"]);
    expect(callback).toMatchObject({
      bestModelPath: "/ckpt/epoch=1-step=2.ckpt",
      bestModelScore: 1,
      currentScore: 2,
      kthBestModelPath: "/ckpt/epoch=3-step=4.ckpt",
      kthValue: 2,
    });
    expect(callback.bestKModels).toEqual({ "/ckpt/epoch=1-step=2.ckpt": 1, "/ckpt/epoch=3-step=4.ckpt": 2 });
  });

  it("are none before the first", async () => {
    const { callback } = await start({ monitor: "loss" });
    expect(callback).toMatchObject({ bestModelPath: "", kthBestModelPath: "", lastModelPath: "" });
    expect([callback.bestModelScore, callback.kthValue, callback.currentScore]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("keep their place where a name is written again", async () => {
    const { epoch, batch, names, callback } = await start({
      monitor: "loss",
      filename: "best",
      enableVersionCounter: false,
    });
    for (const loss of [3, 2]) {
      await batch();
      await epoch({ loss });
    }
    expect([names(), callback.bestModelScore]).toEqual([["best"], 2]);
  });

  it("are not written where none are kept", async () => {
    const { epoch, batch, names } = await start({ monitor: "loss", saveTopK: 0, saveLast: true });
    await batch();
    await epoch({ loss: 1 });
    expect(names()).toEqual(["last"]);
  });

  it("are told of, and those that are not among them, where it is verbose", async () => {
    const told = async (verbose: boolean | undefined) => {
      const { run, epoch, batch } = await start({ monitor: "loss", verbose });
      for (const loss of [1, 2]) {
        await batch();
        await epoch({ loss });
      }
      return run.said;
    };
    expect(await told(true)).toEqual([
      "ModelCheckpoint: loss 1 saved as /ckpt/epoch=0-step=1.ckpt",
      "ModelCheckpoint: loss 2 is not among the best 1.",
    ]);
    expect([await told(false), await told(undefined)]).toEqual([[], []]);
  });

  it("may be judged by the epoch or the step, unless somebody logs those names", async () => {
    for (const [monitor, expected] of [
      ["epoch", 1],
      ["step", 6],
    ] as const) {
      const { callback, run, epoch, batch } = await start({ monitor, mode: "max" });
      Object.assign(run, { currentEpoch: 1, globalStep: 5 });
      await batch();
      await epoch();
      expect(callback.bestModelScore).toBe(expected);
      const logged = await start({ monitor, mode: "max" });
      await logged.batch();
      await logged.epoch({ [monitor]: 40 });
      expect(logged.callback.bestModelScore).toBe(40);
    }
  });

  it("need their metric: it is refused where it cannot come any more, and waited for where it can", async () => {
    const refused = async (changes: Partial<Run>) => {
      const { batch, epoch } = await start({ monitor: "los" }, changes);
      await batch();
      return epoch({ loss: 1 }).catch((error: unknown) => error);
    };
    const error = {
      code: "LIT_MONITOR",
      message: 'ModelCheckpoint watches "los", which was not logged. Expected one of loss. Try: monitor: "loss".',
    };
    expect(await refused({ hasValidation: false })).toMatchObject(error);
    expect(await refused({ hasValidation: true, hasValidated: true })).toMatchObject(error);
    const { run, batch, epoch, names } = await start({ monitor: "val" }, { hasValidation: true });
    await batch();
    await epoch();
    expect([names(), run.warnings]).toEqual([
      [],
      ['monitor val: ModelCheckpoint watches "val", which was not logged yet; no best file is saved until it is.'],
    ]);
  });
});

describe("a save that waits for a validation", () => {
  it("is done with the fresh metric, and the newest state is written at once where the metric is still to come", async () => {
    const { batch, validation, names } = await start(
      { monitor: "val", everyNTrainSteps: 1, saveLast: true },
      { hasValidation: true },
    );
    await batch();
    expect(names()).toEqual(["last"]);
    await validation({ val: 1 });
    expect(names()).toEqual(["epoch=0-step=1", "last"]);
    await batch();
    expect(names()).toEqual(["epoch=0-step=1", "last"]);
  });

  it("waits where a validation comes now, for the metric that decides or stands in a name", async () => {
    const waits = async (options: ModelCheckpointOptions, willValidateNow: boolean) => {
      const { batch, validation, names } = await start(
        { everyNTrainSteps: 1, ...options },
        { hasValidation: true, willValidateNow, callbackMetrics: { val: 9 } },
      );
      await batch();
      const before = names().length;
      await validation({ val: 1 });
      return [before, names().length];
    };
    expect(await waits({ monitor: "val" }, true)).toEqual([0, 1]);
    expect(await waits({ monitor: "val" }, false)).toEqual([1, 1]);
    expect(await waits({ filename: "{val}" }, true)).toEqual([0, 1]);
    expect(await waits({ filename: "{step}" }, true)).toEqual([1, 1]);
    expect(await waits({}, true)).toEqual([1, 1]);
  });

  it("is done at the end of the epoch, where the validation did not come but the metric did", async () => {
    const { batch, epoch, names } = await start({ monitor: "val", everyNTrainSteps: 1 }, { hasValidation: true });
    await batch();
    expect(names()).toEqual([]);
    await epoch({ val: 1 });
    expect(names()).toEqual(["epoch=0-step=1"]);
    const without = await start({ monitor: "val", everyNTrainSteps: 1 }, { hasValidation: true });
    await without.batch();
    await without.epoch();
    expect(without.names()).toEqual([]);
  });

  it("is forgotten by the next fit", async () => {
    const { run, callback, trainer, batch, validation, names } = await start(
      { monitor: "val", everyNTrainSteps: 1 },
      { hasValidation: true },
    );
    await batch();
    await callback.setup(trainer, MODULE, "fit");
    await validation({ val: 1 });
    expect(names()).toEqual([]);
    expect(run.saved).toEqual([]);
  });
});

describe("the last file of a ModelCheckpoint", () => {
  it("follows the newest state, and the one before goes", async () => {
    const { callback, batch, names, run } = await start({ saveLast: true, everyNTrainSteps: 1, monitor: "loss" });
    callback.CHECKPOINT_NAME_LAST = "last-{step}";
    await batch({ loss: 1 });
    await batch({ loss: 2 });
    expect(names()).toEqual(["epoch=0-step=1", "last-step=2"]);
    expect(callback.lastModelPath).toBe("/ckpt/last-step=2.ckpt");
    expect(run.saved).toHaveLength(3);
  });

  it("is written when training ends and none has been, unless nothing was trained", async () => {
    const end = async (changes: Partial<Run>, options: ModelCheckpointOptions = {}) => {
      const { callback, trainer, names } = await start({ saveLast: true, everyNEpochs: 9, ...options }, changes);
      await callback.onTrainEnd(trainer);
      return names();
    };
    expect(await end({ globalStep: 3 })).toEqual(["last"]);
    expect(await end({ globalStep: 0 })).toEqual([]);
    expect(await end({ globalStep: 3, fastDevRun: 1 })).toEqual([]);
    expect(await end({ globalStep: 3 }, { saveLast: false })).toEqual([]);
  });

  it("is not written again when training ends", async () => {
    const { callback, trainer, batch, run } = await start({ saveLast: true, everyNTrainSteps: 1 });
    await batch();
    await callback.onTrainEnd(trainer);
    expect(run.saved).toHaveLength(2);
  });

  it("follows a step that was saved by number, when its epoch ends", async () => {
    const { run, batch, epoch } = await start({ saveLast: true, everyNTrainSteps: 1 });
    await batch();
    run.saved.length = 0;
    await epoch();
    expect(run.saved).toEqual([["last.ckpt", { weightsOnly: false }]]);
    const untrained = await start({ saveLast: true });
    await untrained.epoch();
    expect(untrained.run.saved).toEqual([]);
  });

  it("is that of the run before, where this one goes on from it", async () => {
    const replaced = async (ckptPath: string) => (await start({ saveLast: true }, { ckptPath })).callback.lastModelPath;
    expect(await replaced("/ckpt/last.ckpt")).toBe("/ckpt/last.ckpt");
    expect(await replaced("/ckpt/last-v2.ckpt")).toBe("/ckpt/last-v2.ckpt");
    expect(await replaced("/ckpt/epoch=1.ckpt")).toBe("");
    expect(await replaced("/other/last.ckpt")).toBe("");
  });

  it("stays where the run was resumed from, until a newer one has another name", async () => {
    const { run, callback, trainer, batch, names } = await start(
      { saveLast: true, everyNTrainSteps: 1 },
      { ckptPath: "/ckpt/last.ckpt" },
    );
    await run.saveCheckpoint("/ckpt/last.ckpt", {});
    callback.CHECKPOINT_NAME_LAST = "newest";
    await batch();
    expect(names()).toEqual(["epoch=0-step=1", "last", "newest"]);
    expect(trainer.ckptPath).toBe("/ckpt/last.ckpt");
  });

  it("is a link where it can be, to the newest file only", async () => {
    const { run, batch, names } = await start({ saveLast: "link", everyNTrainSteps: 1, monitor: "loss" });
    await batch({ loss: 1 });
    expect(run.saved.map((one) => String(one).split(",")[0])).toEqual(["epoch=0-step=1.ckpt"]);
    expect(names()).toContain("last");
    await batch({ loss: 2 });
    expect(run.saved.map((one) => String(one).split(",")[0])).toEqual(["epoch=0-step=1.ckpt", "last.ckpt"]);
  });

  it("is a copy, and says so, where no link can be made", async () => {
    const { run, batch, names } = await start({ saveLast: "link", everyNTrainSteps: 1 });
    run.files.failWhen((operation) => (operation === "link" ? fileError("EPERM", "no links here") : undefined));
    await batch();
    expect(names()).toEqual(["epoch=0-step=1", "last"]);
    expect(run.warnings).toEqual([
      expect.stringMatching(
        /^link \/ckpt\/last\.ckpt: ModelCheckpoint: \/ckpt\/last\.ckpt is a copy, because no link can be made: .*no links here/,
      ),
    ]);
  });

  it("is linked where a crash left the beginnings of a link", async () => {
    const { run, batch, names } = await start({ saveLast: "link", everyNTrainSteps: 1 });
    await run.saveCheckpoint("/ckpt/last.ckpt.link.tmp", {});
    await batch();
    expect([names(), run.warnings]).toEqual([["epoch=0-step=1", "last"], []]);
  });
});

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
    expect(callback.dirpath).toBe("/root/checkpoints");
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
