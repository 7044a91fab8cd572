import { tensorScope, type TensorScope } from "@lightning-ts/core";
import type { StageData } from "../../data/stage-data.js";
import type { BatchFetcher } from "../../data/batch-fetcher.js";
import { LightningModule } from "../../contract/lightning-module.js";
import type { ResultCollection } from "../../results/result-collection.js";
import type { Session } from "../session/session.js";
import type { EvaluationKind } from "../../words/stages.js";
import { EVALUATIONS, type EvaluationHooks } from "./evaluation-hooks.js";
import { InterruptionError } from "../../errors/interruption-error.js";
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
export async function evaluationLoop(session: Session, options: EvaluationOptions): Promise<Record<string, number>[]> {
  const { hooks, logging, module, state } = session;
  const { data, isSanityCheck = false } = options;
  const names = EVALUATIONS[options.kind];
  if (data.totalCount === 0) return [];
  if (session.stage === "fit" && !isSanityCheck) data.setEpoch(state.cursor.epoch);
  const modes = new TrainingModes(module);
  const fetcher = data.openAll(options.mostBatches);
  const results = logging.beginEvaluation();
  try {
    await hooks.call(module.constructor.name, names.modelEval, () => module[names.modelEval]());
    if (hooks.table[names.start].length > 0) await hooks.run(names.start);
    if (hooks.table[names.epochStart].length > 0) await hooks.run(names.epochStart);
    while (await fetcher.next()) {
      await evaluateBatch(session, names, fetcher, results, options);
      if (state.interruption !== undefined) throw new InterruptionError(state.interruption, state.describePosition());
      const rest = session.breath.take();
      if (rest !== undefined) await rest;
    }
    return await endEvaluation(session, names, results, options);
  } finally {
    state.evaluationPosition = undefined;
    results.reset();
    logging.connector.results = undefined;
    await fetcher.close();
    if (module[names.modelTrain] !== LightningModule.prototype[names.modelTrain]) module[names.modelTrain]();
    else modes.restore();
  }
}

async function evaluateBatch(
  session: Session,
  names: EvaluationHooks,
  fetcher: BatchFetcher,
  results: ResultCollection,
  options: EvaluationOptions,
): Promise<void> {
  const { logging, state } = session;
  const { data, isSanityCheck = false } = options;
  const { batchIdx, dataloaderIdx } = fetcher;
  state.evaluationPosition = { batchIdx, dataloaderIdx };
  const scope = tensorScope({ tape: false, name: names.step });
  try {
    const moving = session.transfer.move(fetcher.batch, dataloaderIdx);
    const batch = moving instanceof Promise ? await moving : moving;
    logging.connector.batch = batch;
    logging.connector.dataloaderIdx = data.sources.length > 1 ? dataloaderIdx : undefined;
    const running = runBatch(session, names, batch, batchIdx, dataloaderIdx, scope);
    if (running !== undefined) await running;
    const seen = data.seen[dataloaderIdx] ?? 0;
    data.seen[dataloaderIdx] = seen + 1;
    const every = session.plan.logEveryNEvalSteps;
    if (!isSanityCheck && every > 0 && (seen + 1) % every === 0) logging.logEvaluationStep(results, seen);
  } finally {
    scope.close();
    const submitted = session.backend.submit();
    if (submitted instanceof Promise) await submitted;
  }
}

/** Hooks and step of one batch; a promise as soon as one of them returns one. */
function runBatch(
  session: Session,
  names: EvaluationHooks,
  batch: unknown,
  batchIdx: number,
  dataloaderIdx: number,
  scope: TensorScope,
): void | Promise<void> {
  const { hooks } = session;
  const starting =
    hooks.table[names.batchStart].length > 0 ? hooks.run(names.batchStart, batch, batchIdx, dataloaderIdx) : undefined;
  if (starting !== undefined)
    return starting.then(() => runStep(session, names, batch, batchIdx, dataloaderIdx, scope));
  return runStep(session, names, batch, batchIdx, dataloaderIdx, scope);
}

function runStep(
  session: Session,
  names: EvaluationHooks,
  batch: unknown,
  batchIdx: number,
  dataloaderIdx: number,
  scope: TensorScope,
): void | Promise<void> {
  const { connection, hooks, module } = session;
  const outer = hooks.current;
  hooks.current = names.step;
  const end = (outputs: unknown): void | Promise<void> => {
    hooks.current = outer;
    scope.assertInnermost(`${names.step} of ${module.constructor.name}`);
    if (hooks.table[names.batchEnd].length > 0)
      return hooks.run(names.batchEnd, outputs, batch, batchIdx, dataloaderIdx);
  };
  const fail = (error: unknown): never => {
    hooks.current = outer;
    throw hooks.failure(`${module.constructor.name}.${names.step}`, error, batch);
  };
  let outputs: unknown;
  try {
    outputs = connection.precision.forward(() => module[names.step](batch, batchIdx, dataloaderIdx));
  } catch (error) {
    fail(error);
  }
  return outputs instanceof Promise ? outputs.catch(fail).then(end) : end(outputs);
}

async function endEvaluation(
  session: Session,
  names: EvaluationHooks,
  results: ResultCollection,
  options: EvaluationOptions,
): Promise<Record<string, number>[]> {
  const { hooks, logging, state } = session;
  const { isSanityCheck = false } = options;
  logging.reachEvaluationEnd();
  if (hooks.table[names.epochEnd].length > 0) await hooks.run(names.epochEnd);
  logging.endEvaluationEpoch(results, { sends: !isSanityCheck });
  const perLoader = metricsPerLoader(results, options.data.sources.length);
  if (session.stage === "fit" && !isSanityCheck) {
    state.move({ type: "validated" });
    state.hasValidated = true;
  }
  if (hooks.table[names.end].length > 0) await hooks.run(names.end);
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
