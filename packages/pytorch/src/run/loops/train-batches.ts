import { wait, type Steps } from "../../door/steps.js";
import type { TrainerPlan } from "../../options/plan.js";
import type { FitSession } from "../session/fit-session.js";
import { requireOwnSteps } from "./require-own-steps.js";
import { mayStopNow } from "./stop-conditions.js";
import { DEVICE, LOG_METRICS, NEXT_TRAINING_BATCH, TRAINING_BATCH, VALIDATION } from "../../profilers/actions.js";
import { timed } from "../hooks/timed.js";
import { trainBatch } from "./train-batch.js";
import { agreeOnStop, agreeOnTime, leaveIfInterrupted, nextBatch } from "./agree.js";
import { reduceStepMetrics } from "./reduce-metrics.js";
import { isValidationDue, runValidation } from "./validation-in-fit.js";

/** Trains the batches of one epoch, from wherever the cursor stands in it. */
export function* trainBatches(session: FitSession): Steps<void> {
  const { breath } = session;
  const fetcher = session.openEpoch();
  try {
    yield* goOnAfterBatch(session);
    while (!shouldLeave(session)) {
      session.rememberLoaders();
      const { isThere, isLast } = yield* timed(session, NEXT_TRAINING_BATCH, "data", () => nextBatch(session, fetcher));
      if (!isThere) break;
      if (!(yield* timed(session, TRAINING_BATCH, "loop", () => trainBatch(session, fetcher, isLast)))) break;
      yield* finishBatch(session);
      yield* requireOwnSteps(session);
      yield* timed(session, DEVICE, "graph", () => wait(session.numbers.look()));
      yield* leaveIfInterrupted(session);
      yield* wait(breath.take());
    }
  } finally {
    yield* wait(fetcher.close());
  }
}

function shouldLeave(session: FitSession): boolean {
  const { state } = session;
  if (state.cursor.isLastBatch && state.cursor.batch > 0) return true;
  if (state.maxSteps !== -1 && state.cursor.globalStep >= state.maxSteps) return true;
  return state.isStopping && mayStopNow(session);
}

/**
 * Does what a resumed run has left of its last batch. Where the loader gives fewer batches than it gave when the run
 * was saved, that one may be the last of the epoch now.
 */
function* goOnAfterBatch(session: FitSession): Steps<void> {
  const { plan, schedulers, state, trainData } = session;
  const { batch, isLastBatch, phase } = state.cursor;
  if (batch === 0 || isLastBatch || batch < trainData.totalCount) return yield* finishBatch(session);
  state.move({ type: "wasLastBatch" });
  if (!state.skipsBackward) yield* schedulers.afterEpoch({ plateau: false });
  if (phase !== "betweenBatches") return yield* finishBatch(session);
  if (isValidationDue(session, batch - 1, true) && !countsBatches(plan, batch)) {
    yield* timed(session, VALIDATION, "validation", () => runValidation(session));
    yield* agreeOnStop(session);
  }
  state.move({ type: "batchDone" });
}

/**
 * Does what follows a trained batch: sends metrics, validates, steps schedulers that wait for the validation. A resumed
 * run may go on here.
 */
function* finishBatch(session: FitSession): Steps<void> {
  const { state, logging, schedulers, plan } = session;
  const { phase, isWindowClosed, batch, isLastBatch } = state.cursor;
  if (phase !== "batchEnd" && phase !== "validated") return;
  if (phase === "batchEnd") {
    yield* agreeOnStop(session);
    yield* reduceStepMetrics(session, logging.training);
    if (isWindowClosed && isLogDue(session))
      yield* timed(session, LOG_METRICS, "logging", () => wait(logging.logTrainStep()));
    const isDue = isValidationDue(session, batch - 1, isLastBatch);
    const isTimed = session.validation?.everyMs !== undefined;
    if (isTimed ? yield* agreeOnTime(session, "validation", isDue) : isDue) {
      yield* timed(session, VALIDATION, "validation", () => runValidation(session));
      yield* agreeOnStop(session);
    }
  }
  if (!state.skipsBackward) yield* schedulers.afterBatch(batch - 1, isWindowClosed, { plateau: true });
  state.move({ type: "batchDone" });
  if (state.isStopping && plan.logEveryNSteps > 0) yield* wait(logging.loggers.save());
}

/** Whether validations come after so many batches, which are as many as before: this one was followed by its own. */
function countsBatches({ checkValEveryNEpoch, validationInterval: interval }: TrainerPlan, batch: number): boolean {
  return interval.kind === "batches" && (checkValEveryNEpoch === false || batch % interval.count === 0);
}

function isLogDue({ plan, state }: FitSession): boolean {
  if (plan.logEveryNSteps === 0) return false;
  return (state.cursor.batchesThatStepped + 1) % plan.logEveryNSteps === 0 || state.isStopping;
}
