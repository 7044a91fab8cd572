import { wait, type Steps } from "../../door/steps.js";
import type { ResultCollection } from "../../results/result-collection.js";
import type { ResultMetric } from "../../results/result-metric.js";
import type { ReduceFx } from "../../words/log-options.js";
import type { Session } from "../session/session.js";

const REDUCTIONS: readonly ReduceFx[] = ["mean", "sum", "min", "max"];

/** After a batch: the step values that were logged with `syncDist` become those of all ranks. */
export function* reduceStepMetrics(session: Session, results: ResultCollection): Steps<void> {
  if (session.connection.strategy.worldSize === 1) return;
  const metrics = results.numbers().filter(({ ownLatest }) => ownLatest !== undefined);
  for (const op of REDUCTIONS) {
    const of = metrics.filter(({ settings }) => settings.reduceFx === op);
    const own = of.map(({ ownLatest }) => [ownLatest?.read() ?? Number.NaN]);
    const reduced = yield* reduceOverRanks(session, of, own, op);
    for (const [index, metric] of of.entries()) metric.takeLatestOfAllRanks(reduced[index]?.[0] ?? Number.NaN);
  }
}

/** At the end of an epoch: what was collected with `syncDist` becomes what all ranks collected. */
export function* reduceEpochMetrics(session: Session, results: ResultCollection): Steps<void> {
  if (session.connection.strategy.worldSize === 1) return;
  const collected = results.numbers().map((metric) => ({ metric, own: metric.ownCollected() }));
  for (const op of REDUCTIONS) {
    const of = collected.filter(({ metric, own }) => own !== undefined && metric.settings.reduceFx === op);
    const metrics = of.map(({ metric }) => metric);
    const own = of.map(({ own: mine }) => [mine?.value ?? Number.NaN, mine?.weight ?? Number.NaN]);
    // A mean is a sum of weighted values over a sum of weights, on all ranks together too.
    const reduced = yield* reduceOverRanks(session, metrics, own, op === "mean" ? "sum" : op);
    for (const [index, metric] of metrics.entries()) {
      const [value = Number.NaN, weight = Number.NaN] = reduced[index] ?? [];
      metric.takeCollectedOfAllRanks({ value, weight });
    }
  }
}

function* reduceOverRanks(
  { connection: { strategy }, state }: Session,
  metrics: readonly ResultMetric[],
  own: number[][],
  op: ReduceFx,
): Steps<number[][]> {
  if (own.length === 0) return own;
  const names = metrics.map(({ name }) => name).join(", ");
  return yield* wait(strategy.reduce(own, op, `${op} of ${names} at ${state.describePosition()}`));
}
