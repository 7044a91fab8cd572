import { describe, expect, it } from "vitest";
import { resolveTriggers, type ModelCheckpointOptions } from "./model-checkpoint-options.js";
import { readModelCheckpointState } from "./model-checkpoint-state.js";

function refusal(options: object): unknown {
  try {
    return resolveTriggers(options as ModelCheckpointOptions);
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
}

describe("when a ModelCheckpoint saves", () => {
  it.each([
    ["every epoch, unless it is told something else", {}, [0, 1, undefined]],
    ["every few steps, and then not at epochs", { everyNTrainSteps: 3 }, [3, 0, undefined]],
    ["every few epochs", { everyNEpochs: 2 }, [0, 2, undefined]],
    ["after a time", { trainTimeInterval: "00:00:01:00" }, [0, 0, 60_000]],
    ["every few steps where epochs are off", { everyNTrainSteps: 3, everyNEpochs: 0 }, [3, 0, undefined]],
    [
      "after a time where both counts are off",
      { everyNTrainSteps: 0, everyNEpochs: 0, trainTimeInterval: 5 },
      [0, 0, 5],
    ],
    ["never, where all is off", { everyNTrainSteps: 0, everyNEpochs: 0 }, [0, 0, undefined]],
  ] as const)("%s", (_name, options, [everyNTrainSteps, everyNEpochs, intervalMs]) => {
    expect(resolveTriggers(options)).toEqual({ everyNTrainSteps, everyNEpochs, intervalMs });
  });

  it.each([
    { saveTopK: -1 },
    { saveTopK: 0 },
    { saveTopK: 1 },
    { saveTopK: 7, monitor: "loss" },
    { mode: "min" },
    { mode: "max" },
    { filename: "{epoch:02d}" },
    { dirpath: "out" },
    { saveLast: true },
    { saveLast: "link" },
    { saveLast: false },
  ] as const)("accepts %o", (options) => {
    expect(resolveTriggers(options).everyNEpochs).toBe(1);
  });

  it("takes 0 for each trigger that is switched off", () => {
    const off = { everyNTrainSteps: 0, everyNEpochs: 0, intervalMs: undefined };
    expect(resolveTriggers({ trainTimeInterval: 0 })).toEqual(off);
    expect(resolveTriggers({ trainTimeInterval: 0, everyNTrainSteps: 2 })).toEqual({ ...off, everyNTrainSteps: 2 });
    expect(resolveTriggers({ trainTimeInterval: "00:00:00:00" })).toEqual(off);
  });

  const AT_MOST_ONE = "at most one of everyNTrainSteps, everyNEpochs and trainTimeInterval";
  const COUNTS = "whole numbers of at least 0 for everyNTrainSteps and everyNEpochs";
  it.each([
    [{ everyNTrainSteps: 1, everyNEpochs: 1 }, AT_MOST_ONE, "2 of them"],
    [{ everyNTrainSteps: 1, trainTimeInterval: 1 }, AT_MOST_ONE, "2 of them"],
    [{ everyNTrainSteps: 1, everyNEpochs: 1, trainTimeInterval: 1 }, AT_MOST_ONE, "3 of them"],
    [{ everyNTrainSteps: -1 }, COUNTS, "-1"],
    [{ everyNEpochs: 0.5 }, COUNTS, "0.5"],
    [{ saveTopK: -2 }, "a whole number of at least -1 for saveTopK", "-2"],
    [{ saveTopK: 0.5, monitor: "loss" }, "a whole number of at least -1 for saveTopK", "0.5"],
    [{ saveTopK: 2 }, "saveTopK -1, 0 or 1 when there is no monitor", "2"],
    [{ mode: "least" }, 'mode "min" or "max"', '"least"'],
    [{ filename: "" }, 'a pattern for filename, such as "{epoch:02d}-{val_loss:.2f}"', '""'],
    [{ filename: 3 }, 'a pattern for filename, such as "{epoch:02d}-{val_loss:.2f}"', "3"],
    [{ filename: "{epoch:x}" }, "formats such as :02d, :.2f, :.3e or :g in filename", ":x"],
    [{ dirpath: "" }, "the path of a folder for dirpath", '""'],
    [{ dirpath: 3 }, "the path of a folder for dirpath", "3"],
    [{ saveLast: "copy" }, 'true, false or "link" for saveLast', '"copy"'],
    [{ trainTimeInterval: "soon" }, 'a duration for trainTimeInterval, such as "00:00:30:00"', '"soon"'],
    [{ trainTimeInterval: -1 }, 'a duration for trainTimeInterval, such as "00:00:30:00"', "-1"],
  ])("refuses %o", (options, expected, received) => {
    expect(refusal(options)).toBe(
      `The options of ModelCheckpoint do not fit. Expected ${expected}. Received ${received}.`,
    );
  });

  it("refuses options that it does not have, and names those that it has", () => {
    expect(refusal({ save_top_k: 1 })).toBe(
      'ModelCheckpoint has no option "save_top_k". Expected one of dirpath, filename, monitor, verbose, saveLast, saveTopK, saveOnException, saveWeightsOnly, mode, autoInsertMetricName, everyNTrainSteps, trainTimeInterval, everyNEpochs, saveOnTrainEpochEnd, enableVersionCounter. Try: saveTopK (did you mean that?)',
    );
  });
});

describe("the state of a ModelCheckpoint in a checkpoint", () => {
  const state = {
    version: 1,
    monitor: "loss",
    bestModelScore: 0.5,
    bestModelPath: "/a.ckpt",
    currentScore: 0.7,
    dirpath: "/run",
    bestKModels: [["/a.ckpt", 0.5]],
    lastModelPath: "/last.ckpt",
    outdated: [],
  };

  it("is read as it was written", () => {
    expect(readModelCheckpointState(state)).toEqual(state);
  });

  it("is read where entries are missing or damaged, without them", () => {
    const nothing = {
      version: 1,
      monitor: null,
      bestModelScore: null,
      bestModelPath: "",
      currentScore: null,
      dirpath: null,
      bestKModels: [],
      lastModelPath: "",
      outdated: [],
    };
    expect(readModelCheckpointState({ version: 1 })).toEqual(nothing);
    const damaged = [["/a.ckpt", "good"], [1, 2], "/b.ckpt", { 0: "/c.ckpt", 1: 2 }, ["/d.ckpt", 3]];
    expect(readModelCheckpointState({ ...state, bestKModels: damaged }).bestKModels).toEqual([["/d.ckpt", 3]]);
    expect(readModelCheckpointState({ version: 1, monitor: 3, bestModelPath: 4, currentScore: "x" })).toEqual(nothing);
  });

  it("of another version is refused", () => {
    expect(() => readModelCheckpointState({ ...state, version: 2 })).toThrow(
      expect.objectContaining({
        code: "LIT_CKPT_KEY",
        message: "The checkpoint's state of ModelCheckpoint has an unknown version. Expected version 1.",
      }),
    );
  });
});
