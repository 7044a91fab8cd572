import { classNameOf, MisconfigurationError, type Metric, type MetricStateInput } from "@lightning-ts/core";
import { LazyScalar } from "@lightning-ts/fabric";
import type { Steps } from "../../door/steps.js";
import type { MetricSettings } from "../../results/logged-result.js";
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
      sharedTopic(settings),
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
    warnOfReset(session, result);
    const value: unknown = yield* computedValue(door, metric, state);
    result.takeEpochValue(new LazyScalar(singleValue(name, metric, value)));
  } finally {
    scope.close();
  }
}

function computedValue(door: Session["door"], metric: Metric, state: MetricStateInput | undefined): Steps<unknown> {
  return state === undefined ? door.call(metric, "compute") : door.call(metric, "computeOf", state);
}

/** A value of a part of the epoch looks like one of all of it. */
function warnOfReset({ messages }: Session, { name, metric, settings, forgottenUpdates }: ResultObject): void {
  if (forgottenUpdates === 0 || messages.hasWarned(sharedTopic(settings))) return;
  const all = forgottenUpdates + metric.updateCount;
  messages.warn(
    `reset metric ${settings.metricAttribute}`,
    `The metric ${settings.metricAttribute} was reset in the middle of an epoch: log("${name}") gives the value of ${metric.updateCount} of the epoch's ${all} updates. Expected ${all}: the Trainer resets what is logged when the epoch ends. Try: leave reset() out, or log what compute() gives before it, as a number.`,
  );
}

function sharedTopic({ metricAttribute }: MetricSettings): string {
  return `shared metric ${metricAttribute}`;
}

function neverUpdated({ name, settings, metric, forgottenUpdates }: ResultObject): MisconfigurationError {
  const attribute = settings.metricAttribute ?? "metric";
  if (forgottenUpdates > 0)
    return new MisconfigurationError({
      code: "LIT_LOG_METRIC",
      message: `log("${name}"): the metric ${attribute} was reset in the middle of an epoch and not updated after it, so it has no value.`,
      expected: `the ${counted(forgottenUpdates)} of the epoch: the Trainer resets what is logged when the epoch ends`,
      received: `a ${classNameOf(metric)} with updateCount 0`,
      tryThis: `leave this.${attribute}.reset() out, or log what compute() gives before it, as a number.`,
    });
  return new MisconfigurationError({
    code: "LIT_LOG_METRIC",
    message: `log("${name}"): the metric ${attribute} was logged, but never updated in this epoch, so it has no value.`,
    expected: `this.${attribute}.forward(…) or this.${attribute}.update(…) in a step`,
    received: `a ${classNameOf(metric)} with updateCount 0`,
    tryThis: "update it where the batches are, or do not log it in epochs without any.",
  });
}

function counted(updates: number): string {
  return updates === 1 ? "1 update" : `${updates} updates`;
}
