import { classNameOf } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";
import { LightningModule } from "../../contract/lightning-module.js";
import type { SourceFetcher } from "../../data/batch-fetcher.js";
import { wait, waitForUser, type Steps } from "../../door/steps.js";
import { NO_OUTPUT, type StepOutput } from "../../words/step-output.js";
import { checkGradients } from "../optimization/check-finite.js";
import { optimizeManually } from "../optimization/manual-optimization.js";
import { closureNotRun, lossOf } from "../optimization/training-loss.js";
import type { FitSession } from "../session/fit-session.js";
import { DEVICE } from "../../profilers/actions.js";
import { timed } from "../hooks/timed.js";
import { inputOfStep } from "./step-input.js";
import { agreeOnFate, type BatchFate } from "./agree.js";

/**
 * Trains the batch that was fetched, from its transfer to `onTrainBatchEnd`.
 * @param isLast whether it is the last one of the epoch, on any rank
 * @returns false to leave the epoch
 */
export function* trainBatch(session: FitSession, fetcher: SourceFetcher, isLast: boolean): Steps<boolean> {
  const { batchIdx } = fetcher;
  const { backend, driver, hooks, logging, module, schedulers, state } = session;
  state.isLastBatch = isLast;
  state.move({ type: "batchBegins" });
  state.progress.batch.reach("ready");
  const scope = driver.openScope({ name: "trainingStep" });
  try {
    const { batch, input, isIterator } = yield* inputOfStep(session, "trainingStep", fetcher);
    logging.beginBatch(batch);
    const fate = yield* agreeOnFate(session, yield* fateOf(session, batch, batchIdx));
    const isPart = state.skipsBackward || (batchIdx + 1) % state.accumulateGradBatches !== 0;
    const isWindowEnd = isLast || !isPart;
    let outputs = NO_OUTPUT;
    if (fate === "train") {
      state.progress.batch.reach("started");
      outputs = yield* optimize(session, input, batchIdx, isWindowEnd);
      scope.assertInnermost(`trainingStep of ${classNameOf(module)}`);
    }
    if (isIterator && fetcher.isLast) state.isLastBatch = true;
    if (fate === "leave") state.isLastBatch = true;
    if (!state.skipsBackward) {
      yield* schedulers.afterBatch(batchIdx, isWindowEnd, { plateau: false });
      if (state.isLastBatch) yield* schedulers.afterEpoch({ plateau: false });
    }
    if (fate === "leave") {
      state.move({ type: "batchTrained", isWindowClosed: false, isLastBatch: true });
      state.move({ type: "batchDone" });
      return false;
    }
    state.move({ type: "batchTrained", isWindowClosed: isWindowEnd, isLastBatch: state.isLastBatch });
    state.progress.batch.reach("processed");
    yield* hooks.run("onTrainBatchEnd", outputs, isIterator ? fetcher.batch : batch, batchIdx);
    state.progress.batch.reach("completed");
    return true;
  } finally {
    scope.close();
    yield* timed(session, DEVICE, "graph", () => wait(backend.submit()));
  }
}

/** An empty batch is skipped, and `onTrainBatchStart` can leave the rest of the epoch out. */
function* fateOf({ hooks, messages }: FitSession, batch: unknown, batchIdx: number): Steps<BatchFate> {
  if (batch === undefined || batch === null) {
    messages.warn("no batch", "The training loader gave an empty batch; it is skipped.");
    return "skip";
  }
  return (yield* hooks.run("onTrainBatchStart", batch, batchIdx)) === -1 ? "leave" : "train";
}

/**
 * Computes and steps. After a step that throws half-way, batch statistics, random streams and weights are as they were
 * before.
 */
function* optimize(session: FitSession, batch: unknown, batchIdx: number, isWindowEnd: boolean): Steps<StepOutput> {
  const { module, state } = session;
  const automatically = state.skipsBackward ? computeOnly : optimizeAutomatically;
  try {
    const outputs = yield* (module.automaticOptimization ? automatically : optimizeManually)(
      session,
      batch,
      batchIdx,
      isWindowEnd,
    );
    // An epoch that trains nothing counts as one step, so that it is logged and saved as others are.
    if (state.skipsBackward && isWindowEnd) state.move({ type: "stepped" });
    return outputs;
  } catch (error) {
    session.backend.rollBack?.();
    throw error;
  }
}

/** Loss and gradients of a batch, and at the end of an accumulation window the optimizer's step around them. */
function* optimizeAutomatically(
  session: FitSession,
  batch: unknown,
  batchIdx: number,
  isWindowEnd: boolean,
): Steps<StepOutput> {
  const { connection, door, driver, module, state, stepper } = session;
  const [optimizer] = stepper.optimizers;
  let outputs = NO_OUTPUT;
  let closureRan = false;
  function* closure(): Steps<unknown> {
    closureRan = true;
    outputs = yield* computeGradients(session, batch, batchIdx);
    return outputs["loss"];
  }
  const runClosure = () => driver.run(closure());

  if (!isWindowEnd) yield* waitForUser(connection.strategy.noBackwardSync(module, runClosure));
  else if (optimizer === undefined) {
    yield* closure();
    state.move({ type: "stepped" });
  } else if (module.optimizerStep === LightningModule.prototype.optimizerStep) yield* stepper.take(optimizer, closure);
  else {
    yield* door.call(module, "optimizerStep", state.cursor.epoch, batchIdx, optimizer, runClosure);
    yield* waitForUser(stepper.pending);
    if (!closureRan) throw closureNotRun(module);
  }
  return outputs;
}

/** `trainingStep` alone, for an epoch that trains nothing. */
function* computeOnly(session: FitSession, batch: unknown, batchIdx: number): Steps<StepOutput> {
  const result = yield* session.door.step(session.module, "trainingStep", batch, batchIdx);
  const loss = lossOf(result, session, batchIdx);
  return loss === undefined ? NO_OUTPUT : outputsOf(result, loss);
}

/** `trainingStep`, `zeroGrad` where a window begins, and the gradients of the loss. @returns what hooks are told */
function* computeGradients(session: FitSession, batch: unknown, batchIdx: number): Steps<StepOutput> {
  const { connection, door, hooks, module, plan, state, stepper } = session;
  const [optimizer] = stepper.optimizers;

  const result = yield* door.step(module, "trainingStep", batch, batchIdx);
  const loss = lossOf(result, session, batchIdx);

  if (optimizer !== undefined && batchIdx % state.accumulateGradBatches === 0) {
    yield* hooks.run("onBeforeZeroGrad", optimizer);
    yield* door.call(module, "optimizerZeroGrad", state.cursor.epoch, batchIdx, optimizer);
  }
  if (loss === undefined) return NO_OUTPUT;

  session.numbers.takeLoss(loss, state);
  yield* hooks.run("onBeforeBackward", loss);
  yield* door.callOn(batch, module, "backward", loss);
  yield* wait(connection.strategy.gradientsReady());
  if (plan.detectAnomaly) checkGradients(module, state.describePosition());
  yield* hooks.run("onAfterBackward");
  return outputsOf(result, loss);
}

function outputsOf(result: unknown, loss: Tensor): StepOutput {
  return result instanceof Tensor ? { loss } : { ...Object(result), loss };
}
