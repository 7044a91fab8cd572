import type { LoadedTree, LoadedValue } from "@lightning-ts/fabric";
import { TensorBuffer } from "@tensorflow/tfjs-core";
import { isLoadedTree } from "../codecs/checkpoint-tree.js";
import { camelName, snakeName } from "./names.js";

/** Callbacks of both sides, with how their states are written. A callback of one's own reads its own state. */
const KNOWN: readonly {
  readonly name: string;
  readonly fromPython: (state: LoadedTree) => LoadedTree;
  /** Undefined where Python needs what we do not keep. */
  readonly toPython: (state: LoadedTree, key: string) => LoadedTree | undefined;
}[] = [
  { name: "ModelCheckpoint", fromPython: checkpointsFromPython, toPython: checkpointsToPython },
  // Python takes `patience` from the state, where it comes from the code here.
  { name: "EarlyStopping", fromPython: stoppingFromPython, toPython: () => undefined },
];

/** States by the keys that callbacks have here. */
export function callbacksFromPython(callbacks: LoadedTree): LoadedTree {
  return Object.fromEntries(
    Object.entries(callbacks).map(([key, state]) => {
      const known = knownFor(key);
      return known === undefined || !isLoadedTree(state) ? [key, state] : [keyFromPython(key), known.fromPython(state)];
    }),
  );
}

/** States by the keys that callbacks have in Python. @param leftOut gets the keys of those that Python cannot take */
export function callbacksToPython(callbacks: LoadedTree, leftOut: string[]): LoadedTree {
  const states: LoadedTree = {};
  for (const [key, state] of Object.entries(callbacks)) {
    const written = isLoadedTree(state) ? knownFor(key)?.toPython(state, key) : undefined;
    if (written === undefined) leftOut.push(`callbacks.${key}`);
    else states[keyToPython(key)] = written;
  }
  return states;
}

function knownFor(key: string): (typeof KNOWN)[number] | undefined {
  return KNOWN.find(({ name }) => key === name || key.startsWith(`${name}{`));
}

/** `ModelCheckpoint{'monitor': None, 'every_n_epochs': 1}` with the options as JSON under our names. */
function keyFromPython(key: string): string {
  return key
    .replace(/'([^']*)': /g, (_, name: string) => `${JSON.stringify(camelName(name))}:`)
    .replace(/'([^']*)'/g, (_, text: string) => JSON.stringify(text))
    .replace(/, "/g, ',"')
    .replace(/:None/g, ":null")
    .replace(/:True/g, ":true")
    .replace(/:False/g, ":false");
}

function keyToPython(key: string): string {
  return key
    .replace(/"([^"]*)":/g, (_, name: string) => `'${snakeName(name)}': `)
    .replace(/"([^"]*)"/g, (_, text: string) => `'${text}'`)
    .replace(/,'/g, ", '")
    .replace(/: null/g, ": None")
    .replace(/: true/g, ": True")
    .replace(/: false/g, ": False");
}

function checkpointsFromPython(state: LoadedTree): LoadedTree {
  const models = state["best_k_models"];
  return {
    version: 1,
    monitor: state["monitor"] ?? null,
    bestModelScore: numberOrNull(state["best_model_score"]),
    bestModelPath: state["best_model_path"] ?? "",
    currentScore: numberOrNull(state["current_score"]),
    dirpath: state["dirpath"] ?? null,
    bestKModels: isLoadedTree(models) ? Object.entries(models).map(([path, score]) => [path, numberOrNull(score)]) : [],
    lastModelPath: state["last_model_path"] ?? "",
  };
}

function checkpointsToPython(state: LoadedTree, key: string): LoadedTree {
  const models = Array.isArray(state["bestKModels"]) ? state["bestKModels"] : [];
  const pairs = models.flatMap((pair): [string, number][] =>
    Array.isArray(pair) && typeof pair[0] === "string" && typeof pair[1] === "number" ? [[pair[0], pair[1]]] : [],
  );
  const sign = key.includes('"mode":"max"') ? 1 : -1;
  const [worst] = [...pairs].sort(([, a], [, b]) => sign * (a - b));
  return {
    monitor: state["monitor"] ?? null,
    best_model_score: scalarOrNull(state["bestModelScore"]),
    best_model_path: state["bestModelPath"] ?? "",
    current_score: scalarOrNull(state["currentScore"]),
    dirpath: state["dirpath"] ?? null,
    best_k_models: Object.fromEntries(pairs.map(([path, score]) => [path, scalarOrNull(score)])),
    kth_best_model_path: worst?.[0] ?? "",
    kth_value: scalarOrNull(worst?.[1]),
    last_model_path: state["lastModelPath"] ?? "",
  };
}

function stoppingFromPython(state: LoadedTree): LoadedTree {
  return {
    version: 1,
    waitCount: state["wait_count"] ?? 0,
    stoppedEpoch: state["stopped_epoch"] ?? 0,
    bestScore: numberOrNull(state["best_score"]),
    stoppingReason: REASONS[Number(state["stopping_reason"] ?? 0)] ?? "notStopped",
    stoppingReasonMessage: state["stopping_reason_message"] ?? "",
  };
}

const REASONS: readonly string[] = [
  "notStopped",
  "stoppingThreshold",
  "divergenceThreshold",
  "patienceExhausted",
  "nonFiniteMetric",
];

/** Lightning keeps scores as tensors. */
function numberOrNull(value: LoadedValue | undefined): number | null {
  const [only] = value instanceof TensorBuffer ? value.values : [value];
  return typeof only === "number" ? only : null;
}

function scalarOrNull(value: LoadedValue | undefined): LoadedValue {
  return typeof value === "number" ? new TensorBuffer([], "float32", new Float32Array([value])) : null;
}
