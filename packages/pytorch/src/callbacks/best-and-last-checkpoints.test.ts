import { fileError } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { type Run, start } from "./checkpoint-run-under-test.js";
import type { ModelCheckpointOptions } from "./model-checkpoint-options.js";

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
});
