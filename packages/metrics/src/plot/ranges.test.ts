import { readFileSync } from "node:fs";
import { type Metric, resolveBackend, tf } from "@lightning-ts/core";
import { beforeAll, expect, it } from "vitest";
import * as metrics from "../index.js";
import { neededOptions } from "../needed-options-under-test.js";
import { ClasswiseWrapper, MetricCollection, MetricTracker, MulticlassHammingDistance } from "../index.js";

type Facts = Pick<Metric, "higherIsBetter" | "plotLowerBound" | "plotUpperBound" | "plotLegendName">;

const { ranges } = JSON.parse(readFileSync(new URL("fixtures/ranges.json", import.meta.url), "utf8")) as {
  ranges: Record<string, Facts>;
};

/** Where torchmetrics is wrong: less is better there, and 1 is the most. */
const OTHERWISE: Record<string, Partial<Facts>> = {
  DaviesBouldinScore: { higherIsBetter: false },
  NormalizedMutualInfoScore: { plotUpperBound: 1 },
};

const classes = metrics as unknown as Readonly<Record<string, new (options: object) => Metric>>;
const known = Object.entries(ranges).filter(([name]) => classes[name] !== undefined);

beforeAll(async () => void (await resolveBackend("cpu")));

it("knows most of torchmetrics' classes", () => expect(known.length).toBeGreaterThan(120));

it.each(known)("%s says of its value what torchmetrics says", (name, recorded) => {
  const options = neededOptions(name);
  const metric = new classes[name]!(options);
  const { higherIsBetter, plotLowerBound, plotUpperBound, plotLegendName } = metric;
  const none = {
    higherIsBetter: undefined,
    plotLowerBound: undefined,
    plotUpperBound: undefined,
    plotLegendName: undefined,
  };
  expect({ higherIsBetter, plotLowerBound, plotUpperBound, plotLegendName }).toEqual({
    ...none,
    ...recorded,
    ...OTHERWISE[name],
  });
  metric.dispose();
});

it("lets a tracker know whether more is better, unless it is told", () => {
  const distance = new MulticlassHammingDistance({ numClasses: 2, average: "micro" });
  expect(best(new MetricTracker(distance))).toMatchObject({ step: 1 });
  expect(best(new MetricTracker(distance, { maximize: true }))).toMatchObject({ step: 0 });
  const collection = new MetricCollection({
    distance,
    each: new ClasswiseWrapper(new MulticlassHammingDistance({ numClasses: 2, average: "none" }), { prefix: "c" }),
  });
  expect(best(new MetricTracker(collection))).toMatchObject({ distance: { step: 1 }, c1: { step: 1 } });
  const unknown = new MetricTracker(new metrics.MulticlassSpecificity({ numClasses: 2 }));
  expect(() => best(unknown)).toThrow(/whether more of its metric is better.*maximize: true or false/s);
});

function best(tracker: MetricTracker): unknown {
  for (const answer of [0, 1]) {
    tracker.increment();
    tracker.update(classesOf(1, answer), classesOf(1, 1));
  }
  return tracker.bestMetric();
}

function classesOf(...values: number[]) {
  return tf.tensor1d(values, "int32");
}
