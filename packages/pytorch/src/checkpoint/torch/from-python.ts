import { MisconfigurationError } from "@lightning-ts/core";
import type { LoadedTree } from "@lightning-ts/fabric";
import { toPlain, TorchTensor, type PlainValue, type TorchValue } from "@lightning-ts/torch-files";
import { isLoadedTree } from "../codecs/checkpoint-tree.js";
import { callbacksFromPython } from "./callback-states.js";
import { toLoadedTree } from "./host-values.js";
import { cursorOfLoops } from "./loop-states.js";
import { camelName } from "./names.js";
import { fromTorchScheduler } from "./scheduler-states.js";

const HPARAMS = ["hyper_parameters", "datamodule_hyper_parameters"];

/**
 * What a Python file holds, as a checkpoint of ours: a Lightning checkpoint with its position, schedulers, callbacks
 * and hyperparameters under our names; a state dict alone as weights.
 * @throws MisconfigurationError for a state dict with something that is no tensor, and for an unknown position
 */
export function fromPython(value: TorchValue, path: string): LoadedTree {
  const plain = toPlain(value);
  if (!isDict(plain))
    throw new MisconfigurationError({
      code: "LIT_CKPT_KEY",
      message: `${path} is no checkpoint: it holds no dict.`,
      expected: "a state dict, or a Lightning checkpoint",
      received: plain instanceof TorchTensor ? `a tensor [${plain.shape.join(", ")}]` : typeof plain,
    });
  const isStateDict = Object.values(plain).every((item) => item instanceof TorchTensor);
  const whole = isStateDict ? { state_dict: plain } : plain;
  const weights = whole["state_dict"];
  const tree = toLoadedTree(isDict(weights) ? { ...whole, state_dict: tensorsOf(weights, path) } : whole);
  return typeof tree["pytorch-lightning_version"] === "string" ? fromLightning(tree, path) : tree;
}

function fromLightning(tree: LoadedTree, path: string): LoadedTree {
  const { callbacks, lr_schedulers: schedulers, loops, global_step: globalStep } = tree;
  const converted: LoadedTree = { ...tree };
  if (isLoadedTree(callbacks)) converted["callbacks"] = callbacksFromPython(callbacks);
  if (Array.isArray(schedulers)) converted["lr_schedulers"] = schedulers.map(fromTorchScheduler);
  for (const key of HPARAMS) {
    const hparams = tree[key];
    if (isLoadedTree(hparams)) converted[key] = withCamelNames(hparams);
  }
  // A checkpoint of weights has counters too, but no optimizers to go on with.
  if (tree["optimizer_states"] === undefined) delete converted["loops"];
  else {
    const cursor = cursorOfLoops(loops, typeof globalStep === "number" ? globalStep : 0, path);
    converted["loops"] = { fit_loop: { version: 1, cursor: { ...cursor }, loaders: null, batches: null } };
  }
  return converted;
}

function withCamelNames(hparams: LoadedTree): LoadedTree {
  const named: LoadedTree = Object.create(null);
  for (const [name, value] of Object.entries(hparams)) named[camelName(name)] = value;
  return named;
}

/** Modules may keep anything beside their weights as extra state; it has no meaning here. */
function tensorsOf(weights: { readonly [key: string]: PlainValue }, path: string): { [key: string]: PlainValue } {
  const tensors: { [key: string]: PlainValue } = Object.create(null);
  for (const [name, value] of Object.entries(weights)) {
    if (value instanceof TorchTensor) tensors[name] = value;
    else if (!name.endsWith("_extra_state"))
      throw new MisconfigurationError({
        code: "LIT_CKPT_KEY",
        message: `${path} has weights that are no tensor: ${name}.`,
        received: isDict(value) && typeof value["class"] === "string" ? `an object of ${value["class"]}` : typeof value,
        tryThis: "dequantize, or make it dense, before it is saved in Python.",
      });
  }
  return tensors;
}

function isDict(value: PlainValue | undefined): value is { [key: string]: PlainValue } {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof TorchTensor) &&
    !(value instanceof Uint8Array)
  );
}
