import { readFileSync } from "node:fs";
import { type Metric, resolveBackend, tensorScope } from "@lightning-ts/core";
import { beforeAll, expect, it } from "vitest";
import * as metrics from "../index.js";
import { BootStrapper, MetricCollection, MetricTracker } from "../index.js";
import { decoded, expectRecorded } from "../recorded-under-test.js";

interface Made {
  readonly metric: string;
  readonly options: object;
}

interface Other extends Made {
  readonly made: Made | readonly Made[] | Readonly<Record<string, Made>>;
  readonly updates: readonly unknown[];
  readonly expected: unknown;
  readonly each?: readonly unknown[];
  readonly best?: unknown;
  readonly steps?: number;
}

const { others } = JSON.parse(readFileSync(new URL("fixtures/others.json", import.meta.url), "utf8")) as {
  others: Other[];
};

const classes = metrics as unknown as Readonly<Record<string, new (options: unknown) => Metric>>;
const one = ({ metric, options }: Made): Metric => new classes[metric]!(decoded(options));

function isOne(made: Other["made"]): made is Made {
  return "metric" in made && typeof made.metric === "string";
}

function metricsOf(made: Exclude<Other["made"], Made>): MetricCollection {
  if (Array.isArray(made)) return new MetricCollection(made.map(one));
  return new MetricCollection(Object.fromEntries(Object.entries(made).map(([name, each]) => [name, one(each)])));
}

/** What its constructor is told besides the metrics. */
function optionsOf({ options }: Other): object {
  const { metrics: _metrics, metric: _metric, ...told } = options as Record<string, unknown>;
  return decoded(told) as object;
}

const inputsOf = ({ updates }: Other) => updates.map((update) => decoded(update) as never[]);
const titled = (name: string) =>
  others
    .filter(({ metric }) => metric === name)
    .map((other) => [JSON.stringify({ ...other.options, of: other.made }), other] as const);

beforeAll(async () => void (await resolveBackend("cpu")));

it.each(titled("MetricCollection"))("collections: %s", (_, other) => {
  using _scope = tensorScope();
  if (isOne(other.made)) throw new TypeError("a collection is of several");
  const collection = new MetricCollection(metricsOf(other.made).metrics, optionsOf(other));
  inputsOf(other).forEach((inputs, i) => expectRecorded(collection.forward(...inputs), other.each?.[i], `${i}`));
  expectRecorded(collection.compute(), other.expected, "all");
  collection.dispose();
});

it.each(titled("MetricTracker"))("trackers: %s", (_, other) => {
  using _scope = tensorScope();
  const tracker = new MetricTracker(isOne(other.made) ? one(other.made) : metricsOf(other.made), optionsOf(other));
  for (const inputs of inputsOf(other)) {
    tracker.increment();
    tracker.update(...inputs);
  }
  expect(tracker.nSteps).toBe(other.steps);
  expectRecorded(tracker.computeAll(), other.expected, "all");
  const best = tracker.bestMetric();
  const pair = ({ value, step }: { value: number; step: number }) => [value, step];
  const isPair = "step" in best && typeof best.step === "number";
  const found = isPair
    ? pair(best as { value: number; step: number })
    : Object.fromEntries(Object.entries(best).map(([name, each]) => [name, pair(each)]));
  expectRecorded(found, other.best, "best");
  tracker.dispose();
});

it.each(titled("BootStrapper"))("bootstraps of rows that are alike: %s", (_, other) => {
  using _scope = tensorScope();
  if (!isOne(other.made)) throw new TypeError("a bootstrap is of one");
  const strapper = new BootStrapper(one(other.made), optionsOf(other));
  for (const inputs of inputsOf(other)) strapper.update(...inputs);
  expectRecorded(strapper.compute(), other.expected, "all");
  strapper.dispose();
});
