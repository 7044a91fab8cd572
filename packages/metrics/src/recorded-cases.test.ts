import { type Metric, type MetricState, tensorScope, tf } from "@lightning-ts/core";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { forgetWarnings } from "./base/warn-once.js";
import { describeOnBackends } from "./describe-on-backends-under-test.js";
import { functional } from "./index.js";
import * as metrics from "./index.js";
import { decoded, expectRecorded, onHost, recordedCases, type RecordedCase } from "./recorded-under-test.js";

const cases = recordedCases();
const working = cases.filter(({ expected }) => expected !== undefined);

/** `pnpm test:metrics` runs every check of every case; otherwise some checks try a sample of them. */
const runsAll = process.env["LIGHTNING_TS_ALL_CASES"] !== undefined;

/** The first case of each metric and every `stride`-th of all: enough for checks that hardly depend on the case. */
function sampleOf<TCase extends { readonly metric: string }>(all: readonly TCase[], stride: number): readonly TCase[] {
  const seen = new Set<string>();
  return all.filter(({ metric }, i) => {
    const isFirst = !seen.has(metric);
    seen.add(metric);
    return runsAll || isFirst || i % stride === 0;
  });
}

type AnyMetric = Metric & { update(...inputs: unknown[]): unknown };

type Made = Pick<RecordedCase, "metric" | "options" | "base" | "operation" | "others">;

function made({ metric, options, base, operation, others = [] }: Made): AnyMetric {
  if (base !== undefined && operation !== undefined) {
    const operands = others.map((other) => (isMade(other) ? made(other) : decoded(other)));
    const left = metrics.CompositionalMetric.of(made(base));
    return (left as unknown as Record<string, (...operands: unknown[]) => AnyMetric>)[operation]!(...operands);
  }
  const Class = (metrics as unknown as Record<string, new (...inputs: unknown[]) => AnyMetric>)[metric];
  if (Class === undefined) throw new Error(`no metric ${metric}`);
  // What chooses a class by its task is a function.
  const isClass = "prototype" in Class;
  if (base !== undefined) return new Class(made(base), ...(Object.keys(options).length > 0 ? [decoded(options)] : []));
  return isClass ? new Class(decoded(options)) : Reflect.apply(Class, undefined, [decoded(options)]);
}

function isMade(other: unknown): other is Made {
  return typeof other === "object" && other !== null && "metric" in other;
}

function inputsOf({ updates }: RecordedCase): unknown[][] {
  return updates.map((update) => decoded(update) as unknown[]);
}

const REDUCERS = { sum: tf.sum, mean: tf.mean, min: tf.min, max: tf.max };

/** What two ranks have collected, as a collective reduces it. */
function mergedStates(ranks: readonly AnyMetric[]): MetricState {
  const [first, ...others] = ranks.map((metric) => metric.state());
  if (first === undefined) throw new Error("no ranks");
  const values: Record<string, tf.Tensor> = {};
  for (const [name, reduce] of ranks[0]?.reductions ?? []) {
    const parts = [first, ...others].flatMap((state) => state.values[name] ?? []);
    if (reduce === "cat") {
      if (parts.length > 0) values[name] = tf.concat(parts, 0);
    } else {
      const stacked = tf.stack(parts);
      const reduced = typeof reduce === "function" ? reduce(stacked) : REDUCERS[reduce](stacked, 0);
      values[name] = tf.cast(reduced, parts[0]?.dtype ?? "float32");
    }
  }
  return { version: 1, updateCount: ranks.reduce((sum, { updateCount }) => sum + updateCount, 0), values };
}

await describeOnBackends("on %s, as torchmetrics", (backend) => {
  let warn: MockInstance<(...words: unknown[]) => void>;
  beforeEach(() => {
    warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  });
  afterEach(() => void vi.restoreAllMocks());

  /** On the engine each new shape is a new graph. */
  const here = backend === "cpu" ? working : sampleOf(working, 10);

  it.each(here)("$title: batches one after another", (recorded) => {
    using _scope = tensorScope();
    forgetWarnings();
    const metric = made(recorded);
    for (const inputs of inputsOf(recorded)) metric.update(...inputs);
    expectRecorded(metric.compute(), recorded.expected, recorded.metric, recorded.tolerance);
    const said = warn.mock.calls.flat().filter((line) => String(line).startsWith("Warning: "));
    expect(said.length > 0, `whether it warns: ${said.join()}`).toBe(recorded.warnings !== undefined);
    metric.dispose();
  });

  // The engine computes what tfjs computes: what follows is about metrics, not about numbers.
  if (backend !== "cpu") return;

  it.each(sampleOf(working, 4))("$title: a clone of it, of both halves", (recorded) => {
    using _scope = tensorScope();
    const [first, ...others] = inputsOf(recorded);
    const metric = made(recorded);
    if (first !== undefined) metric.update(...first);
    const copy = metric.clone();
    metric.dispose();
    for (const inputs of others) copy.update(...inputs);
    expectRecorded(copy.compute(), recorded.expected, "the clone", recorded.tolerance);
    copy.dispose();
  });

  it.each(
    sampleOf(
      working.filter(({ each }) => each !== undefined),
      4,
    ),
  )("$title: each batch alone", (recorded) => {
    using _scope = tensorScope();
    const metric = made(recorded);
    inputsOf(recorded).forEach((inputs, i) =>
      expectRecorded(Reflect.apply(metric.forward, metric, inputs), recorded.each?.[i], `${i}`, recorded.tolerance),
    );
    expectRecorded(metric.compute(), recorded.expected, "all", recorded.tolerance);
    metric.reset();
    const [first, ...others] = inputsOf(recorded);
    if (first !== undefined && others.length > 0) {
      metric.update(...first);
      expectRecorded(metric.compute(), recorded.each?.[0], "after a reset", recorded.tolerance);
    }
    metric.dispose();
  });

  it.each(
    sampleOf(
      working.filter(({ updates }) => updates.length > 1),
      4,
    ),
  )("$title: saved and restored", (recorded) => {
    using _scope = tensorScope();
    const [first = [], ...others] = inputsOf(recorded);
    const [before, after] = [made(recorded), made(recorded)];
    before.update(...first);
    after.restore(onHost(before.state()));
    for (const inputs of others) {
      before.update(...inputs);
      after.update(...inputs);
    }
    expect(onHost(after.compute())).toEqual(onHost(before.compute()));
    before.dispose();
    after.dispose();
  });

  it.each(
    sampleOf(
      working.filter(({ updates, oneRank }) => updates.length > 1 && oneRank !== true),
      4,
    ),
  )("$title: on two ranks", (recorded) => {
    using _scope = tensorScope();
    const ranks = [made(recorded), made(recorded)];
    const inputs = inputsOf(recorded);
    inputs.forEach((update, i) => ranks[i < inputs.length / 2 ? 0 : 1]?.update(...update));
    expectRecorded(ranks[0]?.computeOf(mergedStates(ranks)), recorded.expected, "two ranks", recorded.tolerance);
    for (const metric of ranks) metric.dispose();
  });

  it.each(
    sampleOf(
      working.filter((recorded) => recorded.functional !== undefined),
      2,
    ),
  )("$title: as a function", (recorded) => {
    using _scope = tensorScope();
    const { name, options, whole, each } = recorded.functional ?? { name: "", options: {} };
    const form = (functional as unknown as Record<string, (...inputs: unknown[]) => unknown>)[name];
    if (form === undefined) throw new Error(`no function ${name}`);
    const inputs = inputsOf(recorded);
    if (whole !== undefined) {
      const joined = (inputs[0] ?? []).map((part, i) =>
        part instanceof tf.Tensor
          ? tf.concat(
              inputs.map((update) => update[i] as tf.Tensor),
              0,
            )
          : inputs.flatMap((update) => update[i]),
      );
      expectRecorded(form(...joined, decoded(options)), whole, name, recorded.tolerance);
    }
    each?.forEach((expected, i) =>
      expectRecorded(form(...(inputs[i] ?? []), decoded(options)), expected, `${i}`, recorded.tolerance),
    );
  });
});

describe("what torchmetrics refuses", () => {
  it.each(cases.filter(({ error }) => error !== undefined))("$title: is refused here", (recorded) => {
    using _scope = tensorScope();
    expect(() => {
      const metric = made(recorded);
      for (const inputs of inputsOf(recorded)) metric.update(...inputs);
      metric.compute();
    }).toThrow(/Expected .+|Received .+/);
  });
});
