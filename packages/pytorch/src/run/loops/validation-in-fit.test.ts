import { randomState, resolveBackend, seedEverything } from "@lightning-ts/core";
import { FakeClock } from "@lightning-ts/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import { wait } from "../../door/steps.js";
import type { TrainerPlan } from "../../options/plan.js";
import type { FitSession, ValidationSchedule } from "../session/fit-session.js";
import { dataUnderTest, loaderOf, sessionUnderTest, type SessionOptions } from "./session-under-test.js";
import * as validation from "./validation-in-fit.js";

beforeAll(() => resolveBackend("cpu"));

class Bare extends LightningModule {}
class Net extends LightningModule {
  calls: string[] = [];
  onStep: () => void = () => undefined;
  override validationStep(batch: unknown): void {
    this.calls.push(`validationStep(${String(batch)})`);
    this.onStep();
  }
  override onValidationModelZeroGrad(): void {
    this.calls.push("zeroGrad");
  }
}

describe("a fit can validate", () => {
  it.each<[string, boolean, { module?: LightningModule; has?: boolean; limit?: object }]>([
    ["with a step, data and a limit", true, {}],
    ["with part of the data", true, { limit: { kind: "fraction", fraction: 0.5 } }],
    ["not without a step", false, { module: new Bare() }],
    ["not without data", false, { has: false }],
    ["not with a limit of 0", false, { limit: { kind: "count", count: 0 } }],
  ])("%s: %s", (_name, expected, { module = new Net(), has = true, limit = { kind: "count", count: 1 } }) => {
    const sources = { has: (role: string) => has && role === "validate" };
    const { session } = sessionUnderTest({ module, parts: { sources }, plan: { limits: { validate: limit } } });
    expect(validation.canValidate(session)).toBe(expected);
  });
});

const endless = { [Symbol.iterator]: () => [][Symbol.iterator]() };

function planned(interval: object, options: { batches?: number; limit?: number; everyEpochs?: number | false } = {}) {
  const { batches, limit, everyEpochs = 1 } = options;
  const plan: TrainerPlan = Object({ validationInterval: interval, checkValEveryNEpoch: everyEpochs });
  const loader = batches === undefined ? endless : loaderOf(...Array.from({ length: batches }, () => 0));
  const limits = limit === undefined ? {} : { limit: { kind: "count", count: limit } };
  return (validates = true) => validation.planValidation(plan, dataUnderTest(loader, limits), validates);
}

function failureOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

const schedule = (everyBatches: number, everyMs?: number): object => ({ everyBatches, everyMs, everyEpochs: 1 });

describe("when validation is due is decided", () => {
  it.each<[string, ReturnType<typeof planned>, object]>([
    ["by the clock", planned({ kind: "time", ms: 50 }), schedule(Number.POSITIVE_INFINITY, 50)],
    ["by batches", planned({ kind: "batches", count: 4 }, { batches: 4 }), schedule(4)],
    ["by a part of the epoch", planned({ kind: "fraction", fraction: 0.5 }, { batches: 7 }), schedule(3)],
    ["by at least one batch", planned({ kind: "fraction", fraction: 0.1 }, { batches: 3 }), schedule(1)],
    ["by the whole epoch", planned({ kind: "fraction", fraction: 1 }, { batches: 3 }), schedule(3)],
    ["by a part of the limit", planned({ kind: "fraction", fraction: 0.5 }, { limit: 8 }), schedule(4)],
    [
      "by the end, of which nobody knows",
      planned({ kind: "fraction", fraction: 1 }),
      schedule(Number.POSITIVE_INFINITY),
    ],
    [
      "by the end, which may come before the limit",
      planned({ kind: "fraction", fraction: 1 }, { limit: 8 }),
      schedule(Number.POSITIVE_INFINITY),
    ],
  ])("%s", (_name, plan, expected) => {
    expect(plan()).toEqual(expected);
  });

  it("across epochs where those are not counted", () => {
    const plan = planned({ kind: "batches", count: 9 }, { batches: 4, everyEpochs: false });
    expect(plan()).toEqual({ everyBatches: 9, everyMs: undefined, everyEpochs: undefined });
    expect(planned({ kind: "fraction", fraction: 1 }, { batches: 4, everyEpochs: 3 })()).toMatchObject({
      everyEpochs: 3,
    });
  });

  it("and refused where an epoch has fewer batches", () => {
    const plan = planned({ kind: "batches", count: 5 }, { batches: 4 });
    const failure = failureOf(plan);
    expect(failure).toMatchObject({ code: "LIT_VAL_CHECK_INTERVAL" });
    expect(String(failure)).toContain("valCheckInterval 5 is more than the 4 training batches of an epoch.");
    expect(String(failure)).toContain("checkValEveryNEpoch: false to count batches across epochs.");
    expect(plan(false)).toMatchObject({ everyBatches: 5 });
  });

  it("and refused for a part of an epoch whose length nobody knows", () => {
    const failure = failureOf(planned({ kind: "fraction", fraction: 0.5 }));
    expect(String(failure)).toContain("valCheckInterval is a fraction of an epoch, but the length");
    expect(String(failure)).toContain("a whole number of batches.");
  });
});

interface Moment {
  readonly schedule?: Partial<ValidationSchedule> | undefined;
  readonly batchIdx?: number;
  readonly isLastBatch?: boolean;
  readonly totalBatches?: number;
  readonly epoch?: number;
  readonly batches?: number;
  readonly isStopping?: boolean;
  readonly minEpochs?: number;
  readonly nowMs?: number;
}

function sessionAt(moment: Moment): FitSession {
  const { batches = 6, epoch = 0, totalBatches = 0, minEpochs = 0, nowMs = 0 } = moment;
  const { session, state } = sessionUnderTest({
    module: new Net(),
    plan: { minEpochs },
    parts: {
      trainData: dataUnderTest(loaderOf(...Array.from({ length: batches }, () => 0))),
      validation:
        "schedule" in moment && moment.schedule === undefined
          ? undefined
          : { everyBatches: 3, everyMs: undefined, everyEpochs: 1, ...moment.schedule },
      ports: { clock: new FakeClock(nowMs) },
      lastValidationMs: 100,
    },
  });
  state.restore({ ...state.cursor, epoch, totalBatches });
  state.shouldStop = moment.isStopping ?? false;
  return session;
}

const EPOCHS_APART = { everyEpochs: undefined };
const AT_END = { everyBatches: Number.POSITIVE_INFINITY };
const TIMED = { everyBatches: Number.POSITIVE_INFINITY, everyMs: 50 };

describe("validation is due", () => {
  it.each<[string, boolean, Moment]>([
    ["never without a schedule", false, { schedule: undefined, batchIdx: 2 }],
    ["after as many batches as it says", true, { batchIdx: 2 }],
    ["not one before", false, { batchIdx: 1 }],
    ["not one after", false, { batchIdx: 3 }],
    ["after twice as many", true, { batchIdx: 5 }],
    ["by the batches of all epochs, where those count", true, { schedule: EPOCHS_APART, batchIdx: 0, totalBatches: 9 }],
    ["and not by those of this one", false, { schedule: EPOCHS_APART, batchIdx: 2, totalBatches: 10 }],
    ["not in an epoch without validation", false, { schedule: { everyEpochs: 2 }, batchIdx: 2 }],
    ["in the next one", true, { schedule: { everyEpochs: 2 }, batchIdx: 2, epoch: 1 }],
    ["not where training has no batches", false, { batchIdx: 2, batches: 0 }],
    ["at the end, where only that counts", true, { schedule: AT_END, batchIdx: 5, isLastBatch: true }],
    ["and not before it", false, { schedule: AT_END, batchIdx: 2 }],
    ["when the run stops", true, { batchIdx: 1, isStopping: true }],
    ["not when it cannot stop yet", false, { batchIdx: 1, isStopping: true, minEpochs: 2 }],
    ["when the loader gave less than it said", true, { batchIdx: 3, isLastBatch: true }],
    ["not when it gave all", false, { schedule: { everyBatches: 4 }, batchIdx: 5, isLastBatch: true }],
    ["not where the end has none", false, { schedule: { everyBatches: 4 }, batchIdx: 4, isLastBatch: true }],
    [
      "not for a short epoch where epochs do not count",
      false,
      { schedule: EPOCHS_APART, totalBatches: 4, isLastBatch: true },
    ],
    ["once the time has passed", true, { schedule: TIMED, nowMs: 150 }],
    ["not before", false, { schedule: TIMED, nowMs: 149 }],
    ["not at the end, where time counts", false, { schedule: TIMED, nowMs: 149, batchIdx: 5, isLastBatch: true }],
    [
      "not at the end of a short epoch, where time counts",
      false,
      { schedule: { everyMs: 50 }, nowMs: 149, batchIdx: 3, isLastBatch: true },
    ],
  ])("%s", (_name, expected, moment) => {
    const { batchIdx = 0, isLastBatch = false } = moment;
    expect(validation.isValidationDue(sessionAt(moment), batchIdx, isLastBatch)).toBe(expected);
  });

  it("in an epoch that is known beforehand", () => {
    expect(validation.validatesThisEpoch(sessionAt({ schedule: { everyEpochs: 3 }, epoch: 2 }))).toBe(true);
    expect(validation.validatesThisEpoch(sessionAt({ schedule: { everyEpochs: 3 }, epoch: 3 }))).toBe(false);
    expect(validation.validatesThisEpoch(sessionAt({ schedule: EPOCHS_APART }))).toBe(true);
    expect(validation.validatesThisEpoch(sessionAt({ schedule: EPOCHS_APART, batches: 0 }))).toBe(false);
    expect(validation.validatesThisEpoch(sessionAt({ schedule: undefined }))).toBe(false);
  });
});

function inFit(options: Partial<SessionOptions> = {}) {
  const net = new Net();
  const data = dataUnderTest([loaderOf("x", "y", "z")], { isTraining: false });
  const clock = new FakeClock(500);
  const under = sessionUnderTest({
    module: net,
    ...options,
    parts: { validationData: () => wait(data), ports: { clock }, lastValidationMs: 0 },
  });
  net.calls = under.calls;
  return { ...under, net, data };
}

describe("a validation in the middle of training", () => {
  it("begins with the metrics of the step before, ends where training goes on, and resets the clock", async () => {
    const stages: (string | undefined)[] = [];
    const { session, run, calls, state } = inFit({ onHook: () => void stages.push(state.runningStage) });
    await run(validation.runValidation(session));
    expect(calls.slice(0, 2)).toEqual(["published.publishStep(ResultCollection)", "zeroGrad"]);
    expect(calls.at(-1)).toBe("logging.goOnTraining");
    expect(calls.filter((call) => call.startsWith("validationStep"))).toHaveLength(3);
    expect(new Set(stages)).toEqual(new Set(["validate"]));
    expect([state.runningStage, session.lastValidationMs]).toEqual(["train", 500]);
    expect(state.cursor.phase).toBe("validated");
  });

  it("keeps the gradients of a window that is open", async () => {
    const { session, run, calls, state } = inFit();
    state.restore({ ...state.cursor, isWindowClosed: false });
    await run(validation.runValidation(session));
    expect(calls).not.toContain("zeroGrad");
  });
});

describe("the sanity check", () => {
  it("validates a few batches and leaves no trace", async () => {
    const stages: (string | undefined)[] = [];
    const { session, run, calls, state, data, net } = inFit({
      plan: { numSanityValSteps: 2, logEveryNEvalSteps: 1 },
      onHook: () => void stages.push(state.runningStage),
    });
    seedEverything(7);
    const random = JSON.stringify(randomState());
    net.onStep = () => seedEverything(8);
    await run(validation.sanityCheck(session));
    expect(JSON.stringify(randomState())).toBe(random);
    expect(calls.filter((call) => /^(validationStep|published|onSanity)/.test(call))).toEqual([
      "published.clear",
      "onSanityCheckStart() fitValidate 0000 0000, epochStart",
      "validationStep(x')",
      "validationStep(y')",
      "onSanityCheckEnd() fitValidate 0000 0000, epochStart",
      "published.clear",
    ]);
    expect(new Set(stages)).toEqual(new Set(["sanityCheck"]));
    expect([state.runningStage, state.hasValidated, data.seen]).toEqual(["train", false, [0]]);
    expect(calls.some((call) => call.startsWith("logging.logEvaluationStep"))).toBe(false);
  });

  it("puts random numbers back where it fails", async () => {
    const { session, run, net } = inFit({ plan: { numSanityValSteps: 1 } });
    seedEverything(7);
    const random = JSON.stringify(randomState());
    net.onStep = () => {
      seedEverything(8);
      throw new Error("as asked");
    };
    await expect(run(validation.sanityCheck(session))).rejects.toThrow("as asked");
    expect(JSON.stringify(randomState())).toBe(random);
  });
});
