import { resolveBackend, tf } from "@lightning-ts/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { START, type CursorEvent } from "../../words/cursor.js";
import { FitState } from "./fit-state.js";

const newState = () => new FitState({ accumulateGradBatches: 2, maxSteps: 7, maxEpochs: 3 });

const BATCH: readonly CursorEvent[] = [
  { type: "batchBegins" },
  { type: "stepped" },
  { type: "batchTrained", isWindowClosed: true, isLastBatch: false },
  { type: "batchDone" },
];

function trained(batches: number): FitState {
  const state = newState();
  state.move({ type: "epochBegins" });
  for (let i = 0; i < batches; i += 1) for (const event of BATCH) state.move(event);
  return state;
}

describe("the state of a run", () => {
  it("begins with what the Trainer was told, at the beginning", () => {
    const state = newState();
    expect(state).toMatchObject({
      accumulateGradBatches: 2,
      maxSteps: 7,
      maxEpochs: 3,
      status: "initializing",
      shouldStop: false,
      isLastBatch: false,
      isTakenBack: false,
      hasValidated: false,
      numTrainingBatches: 0,
      numEvaluationBatches: 0,
    });
    expect(state.cursor).toEqual(START);
    expect(new FitState({ accumulateGradBatches: 1, maxSteps: -1, maxEpochs: undefined }).maxEpochs).toBe(-1);
  });

  it("stops by this rank's wish until all ranks have decided", () => {
    const state = newState();
    expect(state.isStopping).toBe(false);
    state.shouldStop = true;
    expect(state.isStopping).toBe(true);
    state.agreedStop = false;
    expect(state.isStopping).toBe(false);
  });

  it.each([
    ["fit", "train"],
    ["validate", "validate"],
    ["test", "test"],
    ["predict", "predict"],
  ] as const)("begins a %s without the wishes of the run before", (stage, runningStage) => {
    const state = newState();
    Object.assign(state, { isTakenBack: true, shouldStop: true, agreedStop: true, stopReason: "x", interruption: "y" });
    Object.assign(state, { loaded: { validate: "of validation", test: "of test" } });
    state.begin(stage);
    expect(state).toMatchObject({ stage, runningStage, status: "running", isTakenBack: false, shouldStop: false });
    expect([state.agreedStop, state.stopReason, state.interruption]).toEqual([undefined, undefined, undefined]);
    expect(Object.keys(state.loaded)).toEqual(stage === "fit" ? ["test"] : ["validate", "test"]);
  });

  it("begins an epoch again that a fit left half done, and counts on after a whole one", () => {
    const cut = trained(2);
    cut.progress.epoch.reach("ready");
    cut.progress.batch.reach("ready");
    cut.move({ type: "fitBegins" });
    cut.beginFit();
    expect(cut.progress.epoch.total).toEqual({ ready: 0, started: 0, processed: 0, completed: 0 });
    expect(cut.progress.batch).toMatchObject({ total: { ready: 2 }, current: { ready: 0 } });
    const whole = trained(2);
    whole.progress.epoch.reach("ready");
    whole.progress.epoch.reach("completed");
    whole.beginFit();
    expect(whole.progress.epoch.total).toEqual({ ready: 1, started: 0, processed: 0, completed: 1 });
  });

  it("can be forked for a run inside, whose changes are its own", () => {
    const outer = trained(2);
    Object.assign(outer, { runningStage: "validate", ckptPath: "a.ckpt" });
    outer.evaluationPosition = { batchIdx: 4, dataloaderIdx: 0 };
    const inner = outer.fork();
    expect(inner).toMatchObject({ ckptPath: "a.ckpt", maxSteps: 7, maxEpochs: 3 });
    expect(inner.cursor).toEqual(outer.cursor);
    expect([inner.runningStage, inner.evaluationPosition]).toEqual([undefined, undefined]);
    inner.move({ type: "stepped" });
    inner.progress.batch.reach("ready");
    inner.maxSteps = 1;
    expect([inner.cursor.globalStep, outer.cursor.globalStep]).toEqual([3, 2]);
    expect([inner.progress.batch.total.ready, outer.progress.batch.total.ready]).toEqual([1, 0]);
    expect([outer.maxSteps, outer.runningStage, outer.evaluationPosition?.batchIdx]).toEqual([7, "validate", 4]);
  });

  it("takes a stored position, of which it keeps a copy", () => {
    const stored = { ...START, epoch: 2, batch: 3, totalBatches: 9, isLastBatch: true };
    const state = newState();
    state.restore(stored);
    expect(state.cursor).toEqual(stored);
    expect(state.isLastBatch).toBe(true);
    expect(state.progress.batch).toMatchObject({ total: { ready: 9 }, current: { ready: 3 } });
    expect(state.progress.epoch.total.completed).toBe(2);
    state.move({ type: "stepped" });
    expect(stored.globalStep).toBe(0);
  });

  it("describes where it stands, in training and in evaluations", () => {
    const state = trained(2);
    expect(state.describePosition()).toBe("epoch 0, batch 2 (global step 2)");
    state.evaluationPosition = { batchIdx: 4, dataloaderIdx: 0 };
    expect(state.describePosition()).toBe("evaluation batch 4 (epoch 0, global step 2)");
    state.runningStage = "validate";
    state.evaluationPosition = { batchIdx: 4, dataloaderIdx: 1 };
    expect(state.describePosition()).toBe("validate batch 4, dataloader 1 (epoch 0, global step 2)");
    state.runningStage = "train";
    expect(state.describePosition()).toBe("epoch 0, batch 2 (global step 2)");
  });
});

describe("on a backend that computes later", () => {
  let remembered: { readonly putBack: () => void; readonly belongsTo: string }[];
  beforeEach(async () => {
    await resolveBackend("cpu");
    remembered = [];
    const remember = (_owner: object, snapshot: () => () => void, belongsTo: string) =>
      void remembered.push({ putBack: snapshot(), belongsTo });
    Reflect.set(tf.backend(), "remember", remember);
  });
  afterEach(() => {
    Reflect.deleteProperty(tf.backend(), "remember");
  });

  it("beginnings belong to the step that comes, everything else to the one before", () => {
    trained(1).move({ type: "fitBegins" });
    expect(remembered.map(({ belongsTo }) => belongsTo)).toEqual([
      "next",
      "next",
      "before",
      "before",
      "before",
      "next",
    ]);
  });

  it("a step that failed is taken back, and the state says so", () => {
    const state = trained(1);
    const before = { ...state.cursor };
    remembered = [];
    for (const event of BATCH) state.move(event);
    expect(state.cursor.totalBatches).toBe(2);
    remembered[0]?.putBack();
    expect(state.cursor).toEqual(before);
    expect(state.isTakenBack).toBe(true);
  });
});
