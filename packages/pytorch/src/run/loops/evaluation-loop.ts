import { classNameOf } from "@lightning-ts/core";
import { wait, type Steps } from "../../door/steps.js";
import type { StageData } from "../../data/stage-data.js";
import type { BatchFetcher } from "../../data/batch-fetcher.js";
import { LightningModule } from "../../contract/lightning-module.js";
import type { ResultCollection } from "../../results/result-collection.js";
import type { Session } from "../session/session.js";
import type { LoopProgress } from "../../words/loop-progress.js";
import type { EvaluationKind } from "../../words/stages.js";
import { DEVICE, NEXT_EVALUATION_BATCH } from "../../profilers/actions.js";
import { timed } from "../hooks/timed.js";
import { inputOfStep } from "./step-input.js";
import { leaveIfInterrupted, nextBatch } from "./agree.js";
import { computeMetrics, resetMetrics, warnOfShared } from "./compute-metrics.js";
import { reduceEpochMetrics, reduceStepMetrics } from "./reduce-metrics.js";
import { EVALUATIONS, type EvaluationHooks } from "./evaluation-hooks.js";
import { TrainingModes } from "./training-modes.js";

export interface EvaluationOptions {
  readonly kind: EvaluationKind;
  readonly data: StageData;
  /** A sanity check: few batches, nothing is sent to loggers. */
  readonly mostBatches?: number | undefined;
  readonly isSanityCheck?: boolean | undefined;
}

/**
 * Runs a whole evaluation, in Lightning's order of hooks.
 * @returns one dictionary of metrics for each loader
 */
export function* evaluationLoop(session: Session, options: EvaluationOptions): Steps<Record<string, number>[]> {
  const { door, hooks, logging, module, state } = session;
  const { data, isSanityCheck = false } = options;
  const names = EVALUATIONS[options.kind];
  if (data.totalCount === 0) return [];
  if (session.stage === "fit" && !isSanityCheck) data.setEpoch(state.cursor.epoch);
  const modes = new TrainingModes(module);
  const fetcher = data.openAll(options.mostBatches);
  const results = logging.beginEvaluation();
  progressOf(session).begin();
  let isComplete = false;
  try {
    yield* door.call(module, names.modelEval);
    yield* hooks.run(names.start);
    yield* hooks.run(names.epochStart);
    const next = () => nextBatch(session, fetcher);
    while ((yield* timed(session, NEXT_EVALUATION_BATCH, "data", next)).isThere) {
      yield* evaluateBatch(session, names, fetcher, results, options);
      yield* leaveIfInterrupted(session);
      yield* wait(session.breath.take());
    }
    const metrics = yield* endEvaluation(session, names, results, options);
    isComplete = true;
    return metrics;
  } finally {
    state.evaluationPosition = undefined;
    yield* forget(session, results);
    yield* wait(fetcher.close());
    const isOverridden = module[names.modelTrain] !== LightningModule.prototype[names.modelTrain];
    if (isComplete && isOverridden) yield* door.call(module, names.modelTrain);
    else modes.restore();
  }
}

function* forget(session: Session, results: ResultCollection): Steps<void> {
  const { logging, stage } = session;
  try {
    if (stage === "fit") warnOfShared(session, results, logging.training);
    yield* resetMetrics(session, results);
  } finally {
    results.reset();
    logging.connector.results = undefined;
  }
}

function* evaluateBatch(
  session: Session,
  names: EvaluationHooks,
  fetcher: BatchFetcher,
  results: ResultCollection,
  { data, isSanityCheck = false }: EvaluationOptions,
): Steps<void> {
  const { backend, door, driver, hooks, logging, module, plan, state } = session;
  const { batchIdx, dataloaderIdx } = fetcher;
  const progress = progressOf(session);
  const before = logging.connector.dataloaderIdx;
  if (before !== undefined && before !== dataloaderIdx) yield* computeMetrics(session, results, before);
  state.evaluationPosition = { batchIdx, dataloaderIdx };
  const scope = driver.openScope({ tape: false, name: names.step });
  try {
    const { batch, input, isIterator } = yield* inputOfStep(session, names.step, fetcher);
    logging.beginBatch(batch, data.sources.length > 1 ? dataloaderIdx : undefined);
    progress.reach("ready");
    yield* hooks.run(names.batchStart, batch, batchIdx, dataloaderIdx);
    progress.reach("started");
    const outputs = yield* door.step(module, names.step, input, batchIdx, dataloaderIdx);
    scope.assertInnermost(`${names.step} of ${classNameOf(module)}`);
    progress.reach("processed");
    yield* hooks.run(names.batchEnd, outputs, isIterator ? fetcher.batch : batch, batchIdx, dataloaderIdx);
    progress.reach("completed");
    yield* reduceStepMetrics(session, results);
    const seen = data.seen[dataloaderIdx] ?? 0;
    data.seen[dataloaderIdx] = seen + 1;
    const every = plan.logEveryNEvalSteps;
    if (!isSanityCheck && every > 0 && (seen + 1) % every === 0) logging.logEvaluationStep(results, seen);
  } finally {
    scope.close();
    yield* timed(session, DEVICE, "graph", () => wait(backend.submit()));
  }
}

function progressOf({ stage, state }: Session): LoopProgress {
  return state.progress[stage === "validate" || stage === "test" ? stage : "fitValidate"];
}

function* endEvaluation(
  session: Session,
  names: EvaluationHooks,
  results: ResultCollection,
  options: EvaluationOptions,
): Steps<Record<string, number>[]> {
  const { hooks, logging, state } = session;
  const { isSanityCheck = false } = options;
  yield* reduceEpochMetrics(session, results);
  yield* computeMetrics(session, results);
  logging.reachEvaluationEnd();
  yield* hooks.run(names.epochEnd);
  yield* reduceEpochMetrics(session, results);
  logging.endEvaluationEpoch(results, { sends: !isSanityCheck });
  const perLoader = metricsPerLoader(results, options.data.sources.length);
  if (session.stage === "fit" && !isSanityCheck) {
    state.move({ type: "validated" });
    state.hasValidated = true;
  }
  yield* hooks.run(names.end);
  return perLoader;
}

/** Metrics of a loader's batches go into its dictionary, all others into every one. */
function metricsPerLoader(results: ResultCollection, count: number): Record<string, number>[] {
  const perLoader: Record<string, number>[] = Array.from({ length: count }, () => ({}));
  for (const metric of results.metrics()) {
    if (!metric.settings.onEpoch || !metric.settings.logger || !metric.hasEpochValue) continue;
    for (const [dataloaderIdx, metrics] of perLoader.entries()) {
      if (metric.dataloaderIdx === undefined || metric.dataloaderIdx === dataloaderIdx)
        metrics[metric.epochName] = metric.epochValue();
    }
  }
  return perLoader;
}
