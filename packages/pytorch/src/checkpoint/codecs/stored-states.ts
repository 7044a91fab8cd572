import { MisconfigurationError, type HostValue, type MetricStateInput, type RandomState } from "@lightning-ts/core";
import type { LoadedTree, LoadedValue, PrecisionState } from "@lightning-ts/fabric";
import { TensorBuffer } from "@tensorflow/tfjs-core";
import type { ResultMetricState } from "../../results/logged-result.js";
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

/** What a metric object had collected. @throws MisconfigurationError when it is something else */
export function readMetricObject(name: string, state: LoadedValue): MetricStateInput {
  const { version, updateCount, values } = isLoadedTree(state) ? state : {};
  if (version !== 1 || typeof updateCount !== "number" || !isLoadedTree(values))
    throw unreadable(`the metric ${name}`, state);
  const tensors: Record<string, HostValue> = {};
  for (const [key, value] of Object.entries(values)) {
    if (!(value instanceof TensorBuffer)) throw unreadable(`the metric ${name}`, state);
    tensors[key] = value;
  }
  return { version, updateCount, values: tensors };
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
