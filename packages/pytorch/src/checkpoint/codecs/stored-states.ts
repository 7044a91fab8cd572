import {
  isAmount,
  isCount,
  MisconfigurationError,
  type HostValue,
  type MetricStateInput,
  type RandomState,
} from "@lightning-ts/core";
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
    Array.isArray(entry) && typeof entry[0] === "string" && entry[0] !== "" && isCount(entry[1]);
  const list = Array.isArray(positions) ? positions.filter(isPosition) : [];
  if (version !== 1 || !isCount(seed) || !Array.isArray(positions) || list.length !== positions.length)
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
  if (version !== 1 || !isCount(updateCount) || !isLoadedTree(values)) throw unreadable(`the metric ${name}`, state);
  const tensors: Record<string, HostValue> = {};
  for (const [key, value] of Object.entries(values)) {
    if (!(value instanceof TensorBuffer)) throw unreadable(`the metric ${name}`, state);
    tensors[key] = value;
  }
  return { version, updateCount, values: tensors };
}

function isMetric(metric: LoadedTree): boolean {
  const { name, dataloaderIdx, settings, latest, accumulated, weight, count } = metric;
  const hasNumbers = typeof accumulated === "number" && isAmount(weight) && isCount(count);
  const hasPlace =
    typeof name === "string" &&
    name !== "" &&
    (dataloaderIdx === undefined || dataloaderIdx === null || isCount(dataloaderIdx));
  return hasNumbers && hasPlace && (latest === null || typeof latest === "number") && areSettings(settings);
}

const FLAGS = ["progBar", "logger", "onStep", "onEpoch", "addDataloaderIdx"];

function areSettings(settings: LoadedValue | undefined): boolean {
  if (!isLoadedTree(settings) || !FLAGS.every((name) => isFlag(settings[name]))) return false;
  const { reduceFx, metricAttribute, syncDist } = settings;
  return isName(reduceFx) && isName(metricAttribute) && isFlag(syncDist);
}

// What a version did not know yet is not there: its inventory says whether something is lost.
function isFlag(value: LoadedValue | undefined): boolean {
  return value === undefined || typeof value === "boolean";
}

function isName(value: LoadedValue | undefined): boolean {
  return value === undefined || (typeof value === "string" && value !== "");
}

function unreadable(what: string, received: unknown): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_CKPT_KEY",
    message: `The checkpoint's state of ${what} cannot be read.`,
    received: JSON.stringify(received),
    tryThis: "an earlier checkpoint.",
  });
}
