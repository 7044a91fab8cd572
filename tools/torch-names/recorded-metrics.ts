import { existsSync, readdirSync } from "node:fs";
import { collect, read, type RecordedCases } from "./recorded-cases.js";

const SRC = "packages/metrics/src";

interface MetricCase {
  readonly metric: string;
  readonly options: object;
  readonly functional?: { readonly name: string; readonly options: object };
  readonly error?: string;
}

/** Cases of `packages/metrics/src/recorded-cases.test.ts` that give a value. */
function metricCases(): readonly MetricCase[] {
  const folders = readdirSync(SRC).map((family) => `${SRC}/${family}/fixtures`);
  const files = folders
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path).map((name) => `${path}/${name}`));
  return files
    .flatMap((path) => read<{ readonly cases?: readonly MetricCase[] }>(path).cases ?? [])
    .filter(({ metric, error }) => metric !== undefined && error === undefined);
}

/** Classes of torchmetrics. */
export function recordedMetrics(): RecordedCases {
  return collect(metricCases().map(({ metric, options }) => [metric, Object.keys(options)] as const));
}

/** Functional forms of torchmetrics. */
export function recordedMetricFunctions(): RecordedCases {
  return collect(
    metricCases().flatMap(({ functional }) =>
      functional === undefined ? [] : [[torchName(functional.name), Object.keys(functional.options)] as const],
    ),
  );
}

/** meanSquaredError as torchmetrics writes it. */
function torchName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
