import { describe, expect, it } from "vitest";
import { MODULE, start } from "./checkpoint-run-under-test.js";
import type { ModelCheckpointOptions } from "./model-checkpoint-options.js";

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
    await callback.onTrainStart(trainer);
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
