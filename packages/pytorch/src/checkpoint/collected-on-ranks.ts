import { isPlainObject, tf, type MetricState } from "@lightning-ts/core";
import type { LoadedValue, Messages, Strategy } from "@lightning-ts/fabric";
import type { Door } from "../door/door.js";
import { wait, type Steps } from "../door/steps.js";
import type { ResultMetricState } from "../results/logged-result.js";
import type { Logging } from "../results/logging.js";
import type { Position } from "../words/cursor.js";
import { isLoadedTree } from "./codecs/checkpoint-tree.js";
import { refuseUnreadable } from "./codecs/refuse-unreadable.js";
import { readMetricObject, readMetricStates } from "./codecs/stored-states.js";
import type { CheckpointFile, Participant } from "./participant.js";
import { collectedObjects } from "./training-states.js";

const KEY = "metrics_of_ranks";

interface CollectedOnRanks {
  readonly logging: Logging;
  readonly door: Door;
  readonly messages: Messages;
  readonly strategy: Strategy;
  readonly position: Position;
}

/**
 * What the ranks behind the first one have collected in this epoch. `metrics` and `metric_objects` are rank 0's, and to
 * be restored before.
 */
export function collectedOnRanks(parts: CollectedOnRanks): Participant {
  const { messages, position, strategy } = parts;
  return {
    key: [KEY],
    *state() {
      if (strategy.worldSize === 1) return undefined;
      const own = yield* collectedHere(parts);
      const ranks: unknown[] = [];
      for (let rank = 1; rank < strategy.worldSize; rank += 1)
        ranks.push(storable(yield* wait(strategy.broadcast<unknown>(own, rank, `metrics of rank ${rank}`))));
      return { version: 1, ranks };
    },
    *restore(state, file) {
      const ranks = readRanks(state, file);
      const { globalRank, worldSize } = strategy;
      if (ranks.length >= worldSize && position.cursor.batch > 0)
        messages.warn(
          KEY,
          `${file.path} was written by ${ranks.length + 1} ranks: what those behind the first ${worldSize} have collected is not in this epoch's metrics.`,
        );
      if (globalRank > 0) yield* takeOwn(parts, ranks[globalRank - 1], file);
    },
  };
}

/** As plain values, which travel. */
function* collectedHere({ logging, door, messages }: CollectedOnRanks): Steps<Record<string, unknown>> {
  const objects: Record<string, unknown> = {};
  for (const [name, { updateCount, values }] of Object.entries(yield* collectedObjects(logging, door, messages)))
    objects[name] = { updateCount, values: yield* readValues(values) };
  return { training: logging.training.state(), objects };
}

function* readValues(values: MetricState["values"]): Steps<Record<string, unknown>> {
  const read: Record<string, unknown> = {};
  for (const [key, tensor] of Object.entries(values)) {
    const { dtype, shape } = tensor;
    read[key] = { dtype, shape, numbers: Array.from(yield* wait(tensor.data()), Number) };
  }
  return read;
}

/** What has travelled, with metrics' states as tensors again, which a file holds. */
function storable(received: unknown): unknown {
  const { training, objects } = isPlainObject(received) ? received : {};
  const states: Record<string, unknown> = {};
  for (const [name, state] of Object.entries(isPlainObject(objects) ? objects : {})) {
    const { updateCount, values } = isPlainObject(state) ? state : {};
    const tensors = Object.entries(isPlainObject(values) ? values : {}).map(([key, value]) => [key, bufferOf(value)]);
    states[name] = { version: 1, updateCount, values: Object.fromEntries(tensors) };
  }
  return { training, objects: states };
}

function bufferOf(value: unknown): unknown {
  const { dtype, shape, numbers } = isPlainObject(value) ? value : {};
  const sizes = Array.isArray(shape) ? shape.map(Number) : [];
  const values = Array.isArray(numbers) ? numbers.map(Number) : [];
  if (dtype === "int32") return tf.buffer(sizes, dtype, Int32Array.from(values));
  return dtype === "bool"
    ? tf.buffer(sizes, dtype, Uint8Array.from(values))
    : tf.buffer(sizes, "float32", Float32Array.from(values));
}

function readRanks(state: LoadedValue | undefined, file: CheckpointFile): readonly LoadedValue[] {
  const { version, ranks } = isLoadedTree(state) ? state : {};
  if (version === 1 && Array.isArray(ranks)) return ranks;
  refuseUnreadable(state, KEY, file);
  return [];
}

/** @param state this rank's; undefined where fewer ranks have written the file: it has collected nothing then */
function* takeOwn(
  { logging, door }: CollectedOnRanks,
  state: LoadedValue | undefined,
  file: CheckpointFile,
): Steps<void> {
  const { training, objects } = isLoadedTree(state) ? state : {};
  if (state !== undefined && (!Array.isArray(training) || !isLoadedTree(objects)))
    return refuseUnreadable(state, KEY, file);
  const own = Array.isArray(training) ? readMetricStates(training) : withoutOwn(logging.training.state());
  logging.training.restore(own, (name) => logging.metrics.find(name));
  for (const [name, metric] of logging.metrics.all()) {
    const saved = isLoadedTree(objects) ? objects[name] : undefined;
    if (saved !== undefined) yield* door.call(metric, "restore", readMetricObject(name, saved));
    else if (metric.updateCount > 0) yield* door.call(metric, "reset");
  }
}

type States = ReturnType<Logging["training"]["state"]>;

/** Rank 0's values such that they count once where ranks put theirs together, and under the same names. */
function withoutOwn(states: States): States {
  const counted = (state: ResultMetricState): ResultMetricState => {
    const { reduceFx, syncDist } = state.settings;
    if (!syncDist || reduceFx === "min" || reduceFx === "max") return state;
    return { ...state, accumulated: 0, weight: 0 };
  };
  return states.map(([hook, metrics]) => [hook, metrics.map(counted)] as const);
}
