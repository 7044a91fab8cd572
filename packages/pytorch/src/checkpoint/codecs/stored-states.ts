import { MisconfigurationError, type RandomState } from "@lightning-ts/core";
import type { LoadedTree, LoadedValue, PrecisionState } from "@lightning-ts/fabric";
import type { ResultMetricState } from "../../results/result-metric.js";
import { isLoadedTree } from "./checkpoint-tree.js";

/** The numbers of a precision's state. @throws MisconfigurationError when it holds something else */
export function readPrecisionState(state: LoadedTree): PrecisionState {
  const entries = Object.entries(state).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  if (entries.length !== Object.keys(state).length) throw unreadable("the precision", state);
  return Object.fromEntries(entries);
}

/** The state of all random streams. @throws MisconfigurationError when it is none */
export function readRandomState(state: LoadedTree): RandomState {
  const { version, seed, positions } = state;
  const isPosition = (entry: unknown): entry is [string, number] =>
    Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "number";
  const list = Array.isArray(positions) ? positions.filter(isPosition) : [];
  if (version !== 1 || typeof seed !== "number" || !Array.isArray(positions) || list.length !== positions.length)
    throw unreadable("the random streams", state);
  return { version, seed, positions: list };
}

type MetricStates = readonly (readonly [hook: string, metrics: readonly ResultMetricState[]])[];

/** What an epoch had collected. @throws MisconfigurationError when it is something else */
export function readMetricStates(state: readonly LoadedValue[]): MetricStates {
  const areMetrics = state.every(
    (entry) =>
      Array.isArray(entry) &&
      typeof entry[0] === "string" &&
      Array.isArray(entry[1]) &&
      entry[1].every((metric: LoadedValue) => isLoadedTree(metric) && isMetric(metric)),
  );
  if (!areMetrics) throw unreadable("the metrics of the epoch", state);
  return state as unknown as MetricStates;
}

function isMetric(metric: LoadedTree): boolean {
  const hasNumbers = ["accumulated", "weight", "count"].every((name) => typeof metric[name] === "number");
  return hasNumbers && typeof metric["name"] === "string" && isLoadedTree(metric["settings"]);
}

function unreadable(what: string, received: unknown): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_CKPT_KEY",
    message: `The checkpoint's state of ${what} cannot be read.`,
    received: JSON.stringify(received),
    tryThis: "an earlier checkpoint.",
  });
}
