import { existsSync, readdirSync } from "node:fs";
import { collect, read, type RecordedCases } from "./recorded-cases.js";

const SRC = "packages/metrics/src";

interface MetricCase {
  readonly metric: string;
  readonly options: object;
  readonly base?: object;
  readonly made?: object;
  readonly operation?: string;
  readonly functional?: { readonly name: string; readonly options: object };
  readonly error?: string;
}

interface Fixture {
  /** `packages/metrics/src/recorded-cases.test.ts` runs them. */
  readonly cases?: readonly MetricCase[];
  /** `wrappers/recorded-others.test.ts` runs them. */
  readonly others?: readonly MetricCase[];
  /** `retrieval/functional-forms.test.ts` runs them. */
  readonly forms?: readonly { readonly name: string; readonly options: object }[];
}

function fixtures(): readonly Fixture[] {
  const folders = readdirSync(SRC).map((family) => `${SRC}/${family}/fixtures`);
  const files = folders
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path).map((name) => `${path}/${name}`));
  return files.map((path) => read<Fixture>(path));
}

/** Cases that give a value. */
function metricCases(): readonly MetricCase[] {
  return fixtures()
    .flatMap(({ cases = [], others = [] }) => [...cases, ...others])
    .filter(({ metric, error }) => metric !== undefined && error === undefined);
}

/** Classes of torchmetrics. */
export function recordedMetrics(): RecordedCases {
  return collect(
    metricCases().flatMap(({ metric, options, operation, base, made }) => [
      [
        operation === undefined ? metric : "CompositionalMetric",
        [...Object.keys(options), ...wrapped(base ?? made)],
      ] as const,
      ["Metric", []] as const,
    ]),
  );
}

/** The first argument of a wrapper, by the names that torchmetrics has for it. */
function wrapped(base: unknown): readonly string[] {
  return base === undefined ? [] : ["metric", "base_metric"];
}

/** Functional forms of torchmetrics. */
export function recordedMetricFunctions(): RecordedCases {
  const forms = fixtures().flatMap(({ forms: alone = [] }) => alone);
  const called = [...metricCases().flatMap(({ functional }) => functional ?? []), ...forms];
  return collect(called.map(({ name, options }) => [torchName(name), Object.keys(options)] as const));
}

/** meanSquaredError as torchmetrics writes it. */
function torchName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
