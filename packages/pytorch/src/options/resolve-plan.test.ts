import { MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { TrainerPlan } from "./plan.js";
import { resolvePlan } from "./resolve-plan.js";
import type { TrainerOptions } from "./trainer-options.js";

const files = new MemoryFiles();
const plan = (options: TrainerOptions): TrainerPlan => resolvePlan(options, files);

describe("a plan", () => {
  it("has Lightning's defaults", () => {
    expect(plan({})).toMatchObject({
      fastDevRun: 0,
      maxEpochs: undefined,
      minEpochs: 0,
      maxSteps: -1,
      minSteps: 0,
      maxTimeMs: undefined,
      validationInterval: { kind: "fraction", fraction: 1 },
      checkValEveryNEpoch: 1,
      numSanityValSteps: 2,
      logEveryNSteps: 50,
      accumulateGradBatches: 1,
      gradientClipping: undefined,
      isOverfitting: false,
      enableLogger: true,
      defaultRootDir: files.workingDirectory(),
      notes: [],
    });
  });

  it("takes undefined for the default", () => {
    expect(plan({ logEveryNSteps: undefined, minSteps: undefined, logger: undefined })).toEqual(plan({}));
  });

  it("asks for one epoch where it asks for a number of steps", () => {
    expect(plan({ minSteps: 5 }).minEpochs).toBe(1);
    expect(plan({ minSteps: 5, minEpochs: 0 }).minEpochs).toBe(0);
  });

  it.each<[string, TrainerOptions, Partial<TrainerPlan>]>([
    ["all sanity batches", { numSanityValSteps: -1 }, { numSanityValSteps: Number.POSITIVE_INFINITY }],
    ["a time", { maxTime: { minutes: 1, seconds: 2 } }, { maxTimeMs: 62_000 }],
    ["a dry run", { fastDevRun: true }, { fastDevRun: 1, maxSteps: 1, maxEpochs: 1, numSanityValSteps: 0 }],
    ["a clipping of 0", { gradientClipVal: 0 }, { gradientClipping: undefined }],
    [
      "a clipping",
      { gradientClipVal: 0.5, gradientClipAlgorithm: "value" },
      { gradientClipping: { value: 0.5, algorithm: "value" } },
    ],
    ["batches across epochs", { checkValEveryNEpoch: false, valCheckInterval: 4 }, { checkValEveryNEpoch: false }],
    ["an interval of time", { valCheckInterval: "00:00:10:00" }, { validationInterval: { kind: "time", ms: 600_000 } }],
    ["an interval in parts", { valCheckInterval: "25%" }, { validationInterval: { kind: "fraction", fraction: 0.25 } }],
    ["no logger", { logger: false }, { enableLogger: false }],
  ])("holds %s in the form that loops need", (_name, options, expected) => {
    expect(plan(options)).toMatchObject(expected);
  });

  it("says once what is easily meant differently", () => {
    expect(plan({ limitTrainBatches: 1, limitValBatches: 2, valCheckInterval: 1 }).notes).toEqual([
      'limitTrainBatches: 1 uses one batch; for all of them leave it out or write "100%".',
      'valCheckInterval: 1 validates after every batch; for once per epoch leave it out or write "100%".',
    ]);
  });

  it("cannot be changed", () => {
    expect(Object.isFrozen(plan({}))).toBe(true);
  });
});
