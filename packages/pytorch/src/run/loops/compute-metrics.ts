import { classNameOf, MisconfigurationError, type Metric, type MetricStateInput } from "@lightning-ts/core";
import { LazyScalar } from "@lightning-ts/fabric";
import type { Steps } from "../../door/steps.js";
import type { ResultCollection } from "../../results/result-collection.js";
import type { ResultObject } from "../../results/result-object.js";
import { singleValue } from "../../results/step-value.js";
import type { Session } from "../session/session.js";
import { stateOfAllRanks } from "./metric-states-across-ranks.js";

/**
 * Computes the epoch's values of the metric objects that were logged, where they are not known.
 * @param dataloaderIdx only those of this loader's batches
 */
export function* computeMetrics(session: Session, results: ResultCollection, dataloaderIdx?: number): Steps<void> {
  for (const result of results.objects()) {
    if (!result.isToCompute || (dataloaderIdx !== undefined && result.dataloaderIdx !== dataloaderIdx)) continue;
    yield* computeMetric(session, result);
  }
}

/** Resets the metric objects that were logged. Each is reset once, under however many names it was logged. */
export function* resetMetrics({ door }: Session, results: ResultCollection): Steps<void> {
  for (const metric of metricsOf(results)) yield* door.call(metric, "reset");
}

/** Says that metric objects were reset while another stage that is not over collects in them. */
export function warnOfShared({ messages }: Session, ended: ResultCollection, goesOn: ResultCollection): void {
  const others = metricsOf(goesOn);
  for (const { metric, settings } of ended.objects()) {
    if (!others.has(metric)) continue;
    messages.warn(
      `shared metric ${settings.metricAttribute}`,
      `The metric ${settings.metricAttribute} is logged in training and in validation, whose end resets it in the middle of the training epoch. Use one object for each of the two.`,
    );
  }
}

function metricsOf(results: ResultCollection): Set<Metric> {
  return new Set(results.objects().map(({ metric }) => metric));
}

function* computeMetric(session: Session, result: ResultObject): Steps<void> {
  const { connection, door, driver } = session;
  const { metric, name } = result;
  const scope = driver.openScope({ tape: false, name: "compute" });
  try {
    const state = connection.strategy.worldSize > 1 ? yield* stateOfAllRanks(session, result) : undefined;
    if ((state?.updateCount ?? metric.updateCount) === 0) throw neverUpdated(result);
    const value: unknown = yield* computedValue(door, metric, state);
    result.takeEpochValue(new LazyScalar(singleValue(name, metric, value)));
  } finally {
    scope.close();
  }
}

function computedValue(door: Session["door"], metric: Metric, state: MetricStateInput | undefined): Steps<unknown> {
  return state === undefined ? door.call(metric, "compute") : door.call(metric, "computeOf", state);
}

function neverUpdated({ name, settings, metric }: ResultObject): MisconfigurationError {
  const attribute = settings.metricAttribute ?? "metric";
  return new MisconfigurationError({
    code: "LIT_LOG_METRIC",
    message: `log("${name}"): the metric ${attribute} was logged, but never updated in this epoch, so it has no value.`,
    expected: `this.${attribute}.forward(…) or this.${attribute}.update(…) in a step`,
    received: `a ${classNameOf(metric)} with updateCount 0`,
    tryThis: "update it where the batches are, or do not log it in epochs without any.",
  });
}
