import { wait, type Steps } from "../../door/steps.js";
import type { FitSession } from "../session/fit-session.js";
import { warnOfEvaluationMode, warnOfRareRows } from "../warnings/before-training.js";
import { progressOf, warnOfFruitlessEpoch } from "../warnings/fruitless-epochs.js";
import { agreeOnStop } from "./agree.js";
import { computeMetrics, resetMetrics } from "./compute-metrics.js";
import { reduceEpochMetrics } from "./reduce-metrics.js";
import { requireOwnSteps } from "./require-own-steps.js";
import { DEVICE, LOG_METRICS, TRAINING_EPOCH } from "../../profilers/actions.js";
import { timed } from "../hooks/timed.js";
import { trainBatches } from "./train-batches.js";
import { reasonToStop } from "./stop-conditions.js";

/**
 * Trains until a limit is reached, a hook asks to stop, or the run is interrupted.
 * @returns why it ended
 */
export function* fitLoop(session: FitSession): Steps<string> {
  const { hooks, logging, state } = session;
  const atOnce = reasonToStop(session);
  if (atOnce !== undefined && state.cursor.phase === "epochStart") return atOnce;
  if (state.cursor.phase === "epochStart") logging.beginTraining();
  else logging.goOnTraining();
  state.runningStage = "train";
  warnOfEvaluationMode(session);
  warnOfRareRows(session);
  yield* hooks.run("onTrainStart");
  yield* agreeOnStop(session);
  let reason = reasonToStop(session);
  while (reason === undefined || state.cursor.phase !== "epochStart") {
    const begun = state.cursor.phase === "epochStart" ? state.cursor.totalBatches : undefined;
    yield* timed(session, TRAINING_EPOCH, "loop", () => trainEpoch(session));
    reason = reasonToStop(session) ?? (begun === state.cursor.totalBatches ? nothingCame(session) : undefined);
  }
  yield* hooks.run("onTrainEnd");
  return reason;
}

/** Warns of an epoch without a single batch, and ends the fit: it would be followed by others like it, for ever. */
function nothingCame({ messages, state }: FitSession): string {
  messages.warn(
    "nothing came",
    `The training loader gave no batches in epoch ${state.cursor.epoch - 1}. A generator can be read once only: pass an array, a DataLoader, or an object whose [Symbol.iterator]() starts again.`,
  );
  return "the training loader gave no batches";
}

/** One epoch, from wherever the cursor stands: a resumed run may begin in its middle. */
function* trainEpoch(session: FitSession): Steps<void> {
  const { hooks, logging, state } = session;
  if (state.cursor.phase === "epochStart") yield* beginEpoch(session);
  else session.trainData.resumeEpoch(state.cursor.epoch);
  const begun = progressOf(session);
  yield* trainBatches(session);
  warnOfFruitlessEpoch(session, begun);
  // Whatever failed in the epoch has to be known before anybody saves its weights or looks at its metrics.
  yield* timed(session, DEVICE, "graph", () => wait(session.backend.synchronize()));
  yield* requireOwnSteps(session);
  yield* wait(session.numbers.lookAtAll());
  state.move({ type: "batchesDone" });
  state.progress.epoch.reach("processed");
  yield* reduceEpochMetrics(session, logging.training);
  yield* computeMetrics(session, logging.training);
  logging.reachTrainingEnd();
  yield* hooks.run("onTrainEpochEnd");
  yield* endEpoch(session, { sends: true });
}

function* beginEpoch(session: FitSession): Steps<void> {
  const { hooks, logging, plan, state } = session;
  const every = plan.reloadDataloadersEveryNEpochs;
  if (every > 0 && state.cursor.epoch - session.trainLoadedAt >= every) yield* session.loadTrainData();
  logging.beginTraining();
  session.trainData.setEpoch(state.cursor.epoch);
  state.progress.epoch.reach("ready");
  yield* hooks.run("onTrainEpochStart");
  state.progress.epoch.reach("started");
  state.progress.batch.begin();
  state.progress.fitValidate.forgetTotal();
  yield* agreeOnStop(session);
  state.move({ type: "epochBegins" });
}

/**
 * Does what follows the last hook of an epoch. A run that resumes at the very end of an epoch has only this left of it.
 */
export function* endEpoch(session: FitSession, options: { readonly sends: boolean }): Steps<void> {
  const { logging, state } = session;
  yield* reduceEpochMetrics(session, logging.training);
  yield* computeMetrics(session, logging.training);
  yield* schedulersOfEpoch(session);
  yield* resetMetrics(session, logging.training);
  logging.endTrainingEpoch(options);
  state.move({ type: "epochDone", isCut: !state.cursor.isLastBatch });
  state.progress.epoch.reach("completed");
  yield* timed(session, LOG_METRICS, "logging", () => wait(logging.loggers.save()));
  yield* agreeOnStop(session);
}

/** Plateau schedulers wait for the metrics of the epoch, and only a whole epoch counts. */
function* schedulersOfEpoch({ logging, schedulers, state }: FitSession): Steps<void> {
  logging.refresh();
  if (state.cursor.isLastBatch && !state.skipsBackward) yield* schedulers.afterEpoch({ plateau: true });
}
