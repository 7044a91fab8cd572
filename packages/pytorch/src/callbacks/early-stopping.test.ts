import { DataLoader } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Trainer } from "../trainer/trainer.js";
import { EarlyStopping, type EarlyStoppingOptions } from "./early-stopping.js";
import { judgeMetric } from "./judge-metric.js";

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

async function run(options: EarlyStoppingOptions, scores: readonly number[], trainerOptions: object = {}) {
  class Scored extends BoringModel {
    override validationStep() {
      this.log("score", scores[this.currentEpoch] ?? 0);
    }
  }
  const loader = new DataLoader(randomDataset({ length: 2 }));
  const callback = new EarlyStopping(options);
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: scores.length,
    logger: false,
    enableCheckpointing: false,
    enableProgressBar: false,
    enableModelSummary: false,
    callbacks: callback,
    ports: { files: new MemoryFiles(), terminal: new FakeTerminal() },
    ...trainerOptions,
  });
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

it("refuses options that cannot work", () => {
  expect(() => new EarlyStopping({ monitor: "a", patience: -1 })).toThrow(/patience must be a whole number/);
  expect(() => new EarlyStopping({ monitor: "a", min_delta: 1 } as EarlyStoppingOptions)).toThrow(
    /no option "min_delta".*minDelta/s,
  );
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
