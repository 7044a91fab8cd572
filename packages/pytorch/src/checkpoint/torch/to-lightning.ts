import { MisconfigurationError } from "@lightning-ts/core";
import type { LoadedTree, LoadedValue } from "@lightning-ts/fabric";
import { PyDict, torchTensor, writeTorchFile, type TorchTensor, type WritableValue } from "@lightning-ts/torch-files";
import { TensorBuffer } from "@tensorflow/tfjs-core";
import { isLoadedTree, readCursor } from "../codecs/checkpoint-tree.js";
import { callbacksToPython } from "./callback-states.js";
import { finetuningToPython } from "./finetuning-states.js";
import { loopsOfCursor } from "./loop-states.js";
import { snakeName } from "./names.js";
import { toTorchScheduler } from "./scheduler-states.js";
import { paramGroup, toTorchTensor, toWritable } from "./to-writable.js";

/** The version whose layout is written. */
const LIGHTNING = "2.6.0";

/** What Python's Lightning has no place for: the run that goes on there lacks it. */
const LOST = ["gradients", "metrics", "metric_objects", "metrics_of_ranks", "random_state"];
/** What is of use here alone, or is written in Python's own form. */
const OURS = ["loops", "lightning-ts_version", "run", "job", "run_setup", "inventory"];
const HPARAMS = ["hyper_parameters", "datamodule_hyper_parameters"];
const ABOUT_HPARAMS = [
  "hparams_positional",
  "hparams_secrets",
  "datamodule_hparams_positional",
  "datamodule_hparams_secrets",
];

/** A file for Python's Lightning. */
export interface LightningFile {
  /** A file that `Trainer.fit(ckpt_path=…)` and `torch.load(weights_only=True)` read. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Entries that it has no place for. */
  readonly leftOut: readonly string[];
}

/**
 * A checkpoint of ours as Python's Lightning writes it: weights, optimizers, schedulers, epoch and step,
 * hyperparameters under Python's names, the states of ModelCheckpoints and of callbacks that finetune, and what hooks
 * added.
 * @param tree as a checkpoint store loads it
 * @throws MisconfigurationError where it has no weights
 */
export function toLightningCheckpoint(tree: LoadedTree): LightningFile {
  const { state_dict: weights, optimizer_states: optimizers, lr_schedulers: schedulers, callbacks } = tree;
  if (!isLoadedTree(weights))
    throw new MisconfigurationError({
      code: "LIT_CKPT_KEY",
      message: "There are no weights to write.",
      expected: 'an entry "state_dict"',
      received: Object.keys(tree).join(", "),
    });
  const leftOut = LOST.filter((key) => tree[key] !== undefined);
  const written: Record<string, WritableValue> = {
    epoch: toWritable(tree["epoch"] ?? 0),
    global_step: toWritable(tree["global_step"] ?? 0),
    "pytorch-lightning_version": LIGHTNING,
    state_dict: stateDict(weights),
  };
  const fitLoop = isLoadedTree(tree["loops"]) ? tree["loops"]["fit_loop"] : undefined;
  if (isLoadedTree(fitLoop)) written["loops"] = toWritable(loopsOfCursor(readCursor(fitLoop["cursor"])));
  if (Array.isArray(optimizers)) {
    written["optimizer_states"] = optimizers.map(optimizerState);
    written["callbacks"] = callbackStates(isLoadedTree(callbacks) ? callbacks : {}, optimizers, leftOut);
    written["lr_schedulers"] = toWritable(Array.isArray(schedulers) ? schedulers.map(toTorchScheduler) : []);
  }
  const done = [...Object.keys(written), "callbacks", "lr_schedulers", ...LOST, ...OURS, ...ABOUT_HPARAMS];
  for (const [key, value] of Object.entries(tree))
    if (HPARAMS.includes(key) && isLoadedTree(value)) written[key] = withSnakeNames(value);
    else if (!done.includes(key)) written[key] = toWritable(value);
  return { bytes: writeTorchFile(written), leftOut };
}

function callbackStates(
  callbacks: LoadedTree,
  optimizers: readonly LoadedValue[],
  leftOut: string[],
): ReadonlyMap<string, WritableValue> {
  const finetuning = finetuningToPython(callbacks, optimizers);
  const others = Object.fromEntries(Object.entries(callbacks).filter(([key]) => !finetuning.has(key)));
  const written = Object.entries(callbacksToPython(others, leftOut));
  return new Map([...written.map(([key, state]) => [key, toWritable(state)] as const), ...finetuning]);
}

/** Weights as `torch.save(model.state_dict(), path)` writes them. */
export function stateDict(weights: { readonly [name: string]: LoadedValue }): PyDict {
  const entries = Object.entries(weights).flatMap(([name, value]): [string, TorchTensor][] =>
    value instanceof TensorBuffer ? [[name, toTorchTensor(value)]] : [],
  );
  return new PyDict(entries, "collections.OrderedDict");
}

function withSnakeNames(hparams: LoadedTree): WritableValue {
  return new Map(Object.entries(hparams).map(([name, value]) => [snakeName(name), toWritable(value)]));
}

/** Parameters are numbered by integers in Python, steps are tensors, and pairs are tuples. */
function optimizerState(state: LoadedValue): WritableValue {
  if (!isLoadedTree(state)) return toWritable(state);
  const { state: entries, param_groups: groups, ...others } = state;
  const numbered = Object.entries(isLoadedTree(entries) ? entries : {}).map(
    ([number, values]): [number, WritableValue] => [Number(number), remembered(values)],
  );
  return {
    ...Object.fromEntries(Object.entries(others).map(([key, value]) => [key, toWritable(value)])),
    state: new Map(numbered),
    param_groups: Array.isArray(groups) ? groups.map(paramGroup) : [],
  };
}

function remembered(values: LoadedValue): WritableValue {
  if (!isLoadedTree(values)) return toWritable(values);
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      name === "step" && typeof value === "number"
        ? torchTensor("float32", [], new Float32Array([value]))
        : toWritable(value),
    ]),
  );
}
