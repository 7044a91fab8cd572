import { DataLoader } from "@lightning-ts/core";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { Trainer as AnyTrainer } from "../contract/trainer.js";
import { EarlyStopping, type EarlyStoppingOptions } from "./early-stopping.js";
import { judgeMetric } from "./judge-metric.js";
import { quietTrainer } from "../trainer/quiet-trainer-under-test.js";

describe("judging a metric", () => {
  const state = { monitor: "m", mode: "min", patience: 2, bestScore: 1, waitCount: 0 } as const;

  it.each([
    ["an improvement starts the count again", 0.5, {}, { reason: "notStopped", bestScore: 0.5, waitCount: 0 }],
    ["a change below minDelta is none", 0.95, { minDelta: 0.1 }, { reason: "notStopped", bestScore: 1, waitCount: 1 }],
    ["an equal value is none", 1, {}, { reason: "notStopped", waitCount: 1 }],
    ["patience ends", 2, { waitCount: 1 }, { reason: "patienceExhausted", waitCount: 2 }],
    ["NaN stops", Number.NaN, {}, { reason: "nonFiniteMetric" }],
    ["NaN only counts when it is allowed", Number.NaN, { checkFinite: false }, { reason: "notStopped", waitCount: 1 }],
    ["good enough stops", 0.1, { stoppingThreshold: 0.2 }, { reason: "stoppingThreshold" }],
    ["hopeless stops", 9, { divergenceThreshold: 5 }, { reason: "divergenceThreshold" }],
    [
      "a larger value is better with mode max",
      2,
      { mode: "max" },
      { reason: "notStopped", bestScore: 2, waitCount: 0 },
    ],
  ] as const)("%s", (_name, current, options, expected) => {
    expect(judgeMetric(current, { ...state, ...options })).toMatchObject(expected);
  });
});

describe("what a judgement says", () => {
  const state = { monitor: "loss", mode: "min", patience: 2, bestScore: 1.23456789, waitCount: 1 } as const;

  it.each([
    [Number.NaN, {}, "loss is NaN; the best was 1.23457."],
    [Number.NEGATIVE_INFINITY, {}, "loss is -Infinity; the best was 1.23457."],
    [0.1, { stoppingThreshold: 0.2 }, "loss 0.1 is past the stopping threshold 0.2."],
    [9, { divergenceThreshold: 5 }, "loss 9 is past the divergence threshold 5."],
    [0.123456789, {}, "loss improved to 0.123457."],
    [2, { patience: 3 }, ""],
    [2, {}, "loss did not improve in the last 2 checks; the best was 1.23457."],
    [2, { waitCount: 0, patience: 1 }, "loss did not improve in the last check; the best was 1.23457."],
  ] as const)("of %d with %o", (current, options, message) => {
    expect(judgeMetric(current, { ...state, ...options }).message).toBe(message);
  });

  it("keeps the best score and the count where it stops at once", () => {
    expect(judgeMetric(0.1, { ...state, stoppingThreshold: 0.2 })).toMatchObject({
      bestScore: 1.23456789,
      waitCount: 1,
    });
  });

  it.each([
    ["equal to the stopping threshold", 0.2, { stoppingThreshold: 0.2 }, "notStopped"],
    ["equal to the stopping threshold of a maximum", 8, { mode: "max", stoppingThreshold: 8 }, "notStopped"],
    ["equal to the divergence threshold", 5, { divergenceThreshold: 5, patience: 9 }, "notStopped"],
    ["past the stopping threshold of a maximum", 9, { mode: "max", stoppingThreshold: 8 }, "stoppingThreshold"],
    ["past the divergence threshold of a maximum", 0, { mode: "max", divergenceThreshold: 0.5 }, "divergenceThreshold"],
    ["better by exactly minDelta", 0.5, { bestScore: 1, minDelta: 0.5 }, "patienceExhausted"],
    ["better by more than minDelta", 0.25, { bestScore: 1, minDelta: 0.5 }, "notStopped"],
    ["larger by less than minDelta", 1.25, { mode: "max", bestScore: 1, minDelta: 0.5 }, "patienceExhausted"],
    ["larger by more than minDelta", 1.75, { mode: "max", bestScore: 1, minDelta: 0.5 }, "notStopped"],
  ] as const)("a value %s", (_name, current, options, reason) => {
    expect(judgeMetric(current, { ...state, ...options }).reason).toBe(reason);
  });
});

async function run(options: EarlyStoppingOptions, scores: readonly number[], trainerOptions: object = {}) {
  class Scored extends BoringModel {
    override validationStep() {
      this.log("score", scores[this.currentEpoch] ?? 0);
    }
  }
  const loader = new DataLoader(randomDataset({ length: 2 }));
  const callback = new EarlyStopping(options);
  const trainer = quietTrainer({ maxEpochs: scores.length, callbacks: callback, ...trainerOptions });
  const result = await trainer.fit(new Scored(), loader, loader);
  return { callback, result };
}

it("stops training and says why", async () => {
  const { callback, result } = await run({ monitor: "score", patience: 2 }, [3, 2, 2.5, 2.1, 1, 1]);
  expect(result.epochs).toBe(4);
  expect(result.reason).toMatch(/EarlyStopping: score did not improve in the last 2 checks; the best was 2\./);
  expect(callback).toMatchObject({ stoppedEpoch: 3, stoppingReason: "patienceExhausted", bestScore: 2 });
});

it("waits for minEpochs", async () => {
  const { result } = await run({ monitor: "score", patience: 1 }, [1, 2, 3, 4, 5], { minEpochs: 4 });
  expect(result.epochs).toBe(4);
});

it("that would have stopped before minEpochs is asked again when they are done", async () => {
  const { callback, result } = await run({ monitor: "score", patience: 1 }, [3, 4, 2, 1, 2, 1], { minEpochs: 4 });
  expect(result.epochs).toBe(5);
  expect(callback).toMatchObject({ stoppedEpoch: 4, bestScore: 1 });
});

it("says once that a stop waits for minSteps", async () => {
  const terminal = new FakeTerminal();
  const ports = { files: new MemoryFiles(), terminal };
  const { result } = await run({ monitor: "score", patience: 1 }, [1, 2, 3, 4, 5], { minSteps: 7, ports });
  expect(result.steps).toBe(8);
  expect(terminal.text.match(/Training goes on until minEpochs 1 and minSteps 7/g)).toHaveLength(1);
});

it("knows why it stopped after it is restored", async () => {
  const { callback } = await run({ monitor: "score", patience: 1 }, [1, 2, 3]);
  const after = new EarlyStopping({ monitor: "score", patience: 1 });
  after.loadStateDict(callback.stateDict());
  expect(after).toMatchObject({
    stoppedEpoch: 1,
    stoppingReason: "patienceExhausted",
    stoppingReasonMessage: "score did not improve in the last check; the best was 1.",
  });
  expect(() => after.loadStateDict({ ...callback.stateDict(), stoppingReason: "tired" })).toThrow(/cannot be read/);
});

it("keeps the patience of its options when it is restored", () => {
  const before = new EarlyStopping({ monitor: "score", patience: 1 });
  before.waitCount = 1;
  const after = new EarlyStopping({ monitor: "score", patience: 7 });
  after.loadStateDict(before.stateDict());
  expect(after).toMatchObject({ waitCount: 1, patience: 7 });
});

it("names the metrics there are when its own is missing", async () => {
  await expect(run({ monitor: "val_score" }, [1])).rejects.toThrow(/EarlyStopping watches "val_score".*one of score/s);
});

it.each([
  [{ monitor: "" }, 'monitor must be the name of a metric, received ""'],
  [{ monitor: 3 }, "monitor must be the name of a metric, received 3"],
  [{ monitor: "a", mode: "least" }, 'mode must be "min" or "max", received "least"'],
  [{ monitor: "a", patience: -1 }, "patience must be a whole number of at least 0, received -1"],
  [{ monitor: "a", patience: 1.5 }, "patience must be a whole number of at least 0, received 1.5"],
  [{ monitor: "a", minDelta: -1 }, "minDelta must be a number of at least 0, received -1"],
  [{ monitor: "a", minDelta: Number.NaN }, "minDelta must be a number of at least 0, received NaN"],
  [{ monitor: "a", stoppingThreshold: Number.NaN }, "stoppingThreshold must be a number, received NaN"],
  [{ monitor: "a", divergenceThreshold: "5" }, 'divergenceThreshold must be a number, received "5"'],
  [
    { monitor: "a", patience: -1, minDelta: -1 },
    "patience must be a whole number of at least 0, received -1; minDelta must be a number of at least 0, received -1",
  ],
])("refuses %o", (options, problem) => {
  expect(() => new EarlyStopping(options as EarlyStoppingOptions)).toThrow(
    expect.objectContaining({ code: "LIT_EARLY_STOPPING", message: `EarlyStopping cannot be made: ${problem}.` }),
  );
});

it("accepts thresholds, no patience and both modes", () => {
  const options = { monitor: "a", patience: 0, minDelta: 0, stoppingThreshold: 0, divergenceThreshold: -1 };
  expect(new EarlyStopping({ ...options, mode: "min" })).toMatchObject({
    patience: 0,
    bestScore: Number.POSITIVE_INFINITY,
  });
  expect(new EarlyStopping({ monitor: "a", mode: "max" })).toMatchObject({
    patience: 3,
    bestScore: Number.NEGATIVE_INFINITY,
  });
});

it("refuses options that it does not have, and names those that it has", () => {
  expect(() => new EarlyStopping({ monitor: "a", min_delta: 1 } as EarlyStoppingOptions)).toThrow(
    /^EarlyStopping has no option "min_delta"\. Expected one of monitor, minDelta, patience, verbose, mode, strict, checkFinite, stoppingThreshold, divergenceThreshold, checkOnTrainEpochEnd\. Try: minDelta/,
  );
});

it("has a state of its own for each metric and mode", () => {
  expect(new EarlyStopping({ monitor: "a" }).stateKey).toBe('EarlyStopping{"monitor":"a","mode":"min"}');
  expect(new EarlyStopping({ monitor: "b", mode: "max" }).stateKey).toBe('EarlyStopping{"monitor":"b","mode":"max"}');
});

it("refuses a state that it cannot have written", () => {
  const callback = new EarlyStopping({ monitor: "a" });
  const state = callback.stateDict();
  callback.loadStateDict(state);
  const damaged = { version: 2, waitCount: "1", stoppedEpoch: null, bestScore: "1", stoppingReasonMessage: 3 };
  for (const [name, value] of Object.entries(damaged))
    expect(() => callback.loadStateDict({ ...state, [name]: value }), name).toThrow(
      expect.objectContaining({
        code: "LIT_CKPT_KEY",
        message: expect.stringMatching(
          /^The checkpoint's state of EarlyStopping cannot be read\. Received \{ version: .*waitCount: /,
        ),
      }),
    );
});

it.each(["notStopped", "stoppingThreshold", "divergenceThreshold", "patienceExhausted", "nonFiniteMetric"])(
  "takes the reason %s from a checkpoint",
  (stoppingReason) => {
    const callback = new EarlyStopping({ monitor: "a" });
    callback.loadStateDict({ ...callback.stateDict(), stoppingReason });
    expect(callback.stoppingReason).toBe(stoppingReason);
  },
);

it("goes on without its metric when it need not be there, and says so once", async () => {
  const terminal = new FakeTerminal();
  const ports = { files: new MemoryFiles(), terminal };
  const { result, callback } = await run({ monitor: "val_score", strict: false }, [1, 2, 3], { ports });
  expect([result.epochs, callback.waitCount]).toEqual([3, 0]);
  expect(terminal.warnings.join("\n").match(/EarlyStopping watches.*/g)).toEqual([
    'EarlyStopping watches "val_score", which was not logged; it is not checked.',
  ]);
});

it("checks after validation or after the training epoch, as it is told", async () => {
  const waits = async (checkOnTrainEpochEnd?: boolean) =>
    (await run({ monitor: "score", patience: 9, checkOnTrainEpochEnd }, [1, 1], { valCheckInterval: 0.5 })).callback
      .waitCount;
  expect([await waits(false), await waits(true), await waits()]).toEqual([3, 1, 3]);
});

it("looks at nothing in a dry run, nor in the sanity check", async () => {
  const dry = await run({ monitor: "missing" }, [1], { fastDevRun: true });
  expect(dry.callback.waitCount).toBe(0);
  const sane = await run({ monitor: "score", patience: 5 }, [1, 2, 3], { numSanityValSteps: 2 });
  expect(sane.callback).toMatchObject({ bestScore: 1, waitCount: 2 });
});

it("says nothing of improvements unless it is told to", async () => {
  const terminal = new FakeTerminal();
  await run({ monitor: "score", patience: 5 }, [3, 2], { ports: { files: new MemoryFiles(), terminal } });
  expect(terminal.text).not.toContain("EarlyStopping");
});

it("tells of improvements when it is verbose", async () => {
  const terminal = new FakeTerminal();
  await run({ monitor: "score", patience: 1, verbose: true }, [3, 2, 2], {
    ports: { files: new MemoryFiles(), terminal },
  });
  expect(terminal.text).toContain(
    "EarlyStopping: score improved to 3.\nEarlyStopping: score improved to 2.\nEarlyStopping: score did not improve in the last check; the best was 2.\n",
  );
});

describe("EarlyStopping, hook by hook", () => {
  /** As much of a Trainer as it looks at, and what it was told. */
  function trainerOf(changes: object = {}) {
    const told: string[] = [];
    const trainer: AnyTrainer = Object({
      fastDevRun: 0,
      stage: "fit",
      sanityChecking: false,
      validatesAtEpochEndOnly: false,
      currentEpoch: 2,
      globalStep: 10,
      minEpochs: 1,
      minSteps: 10,
      isGlobalZero: true,
      callbackMetrics: { other: 1 },
      readMetric: () => 5,
      warn: (topic: string, text: string) => void told.push(`${topic}: ${text}`),
      say: (text: string) => void told.push(text),
      stop: (text: string) => void told.push(`stop: ${text}`),
      ...changes,
    });
    return { trainer, told };
  }

  it("runs after the module's hooks, and has not stopped at first", () => {
    const callback = new EarlyStopping({ monitor: "a" });
    expect(callback).toMatchObject({ monitorsMetrics: true, stoppedEpoch: 0, waitCount: 0 });
    expect([callback.stoppingReason, callback.stoppingReasonMessage]).toEqual(["notStopped", ""]);
  });

  it("stops at the very step from which on a stop counts", () => {
    const { trainer, told } = trainerOf();
    const callback = new EarlyStopping({ monitor: "a", stoppingThreshold: 6 });
    callback.onValidationEnd(trainer);
    expect(told).toEqual(["stop: EarlyStopping: a 5 is past the stopping threshold 6."]);
    expect(callback).toMatchObject({ stoppedEpoch: 2, stoppingReason: "stoppingThreshold" });
  });

  it("takes its best score from a checkpoint", () => {
    const [before, after] = [new EarlyStopping({ monitor: "a" }), new EarlyStopping({ monitor: "a" })];
    before.onValidationEnd(trainerOf().trainer);
    after.loadStateDict(before.stateDict());
    expect(after.bestScore).toBe(5);
  });

  it("looks at nothing outside of a fit", () => {
    for (const changes of [{ stage: "validate" }, { sanityChecking: true }, { fastDevRun: 1 }]) {
      const callback = new EarlyStopping({ monitor: "a" });
      callback.onValidationEnd(trainerOf(changes).trainer);
      expect(callback.bestScore).toBe(Number.POSITIVE_INFINITY);
    }
  });

  it("is silent where there is nothing to say, even when it is verbose", () => {
    const { trainer, told } = trainerOf();
    const callback = new EarlyStopping({ monitor: "a", verbose: true });
    callback.onValidationEnd(trainer);
    callback.onValidationEnd(trainer);
    expect([told, callback.waitCount]).toEqual([["EarlyStopping: a improved to 5."], 1]);
  });

  it("misses its metric on rank 0 alone", () => {
    const missing = { readMetric: () => undefined };
    const others = trainerOf({ ...missing, isGlobalZero: false });
    new EarlyStopping({ monitor: "a" }).onValidationEnd(others.trainer);
    expect(others.told).toEqual([]);
    const { trainer, told } = trainerOf(missing);
    expect(() => new EarlyStopping({ monitor: "a" }).onValidationEnd(trainer)).toThrow(
      expect.objectContaining({ code: "LIT_MONITOR" }),
    );
    new EarlyStopping({ monitor: "a", strict: false }).onValidationEnd(trainer);
    expect(told).toEqual(['early stopping a: EarlyStopping watches "a", which was not logged; it is not checked.']);
  });
});
