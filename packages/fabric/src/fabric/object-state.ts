import {
  describeValue,
  fileFormatOf,
  MisconfigurationError,
  nn,
  noteFileFormat,
  Optimizer,
  type HostTensor,
} from "@lightning-ts/core";
import {
  TensorBuffer,
  tensor as makeTensor,
  Variable,
  type Optimizer as TfOptimizer,
  type Tensor,
} from "@tensorflow/tfjs-core";
import type { CheckpointValue, LoadedValue } from "../checkpoint/checkpoint-store.js";
import { isTree } from "../checkpoint/pack-tree.js";
import type { Precision } from "../precision/precision.js";
import { methodOf } from "../wrappers/method-of.js";
import { isTfOptimizer } from "../wrappers/tf-optimizer.js";
import { holderOfState, unwrap } from "../wrappers/wrapped-objects.js";
import { isLayersModel } from "./as-trainable-module.js";

/** Whether `load` fills a value in place; it replaces all others. */
export function isStateful(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const object = unwrap(value);
  return (
    isLayersModel(object) ||
    isTfOptimizer(object) ||
    methodOf(object, "loadStateDict") !== undefined ||
    methodOf(object, "restore") !== undefined
  );
}

/** Whether a value is a model, which has weights under names of its own. */
export function isModel(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const object = unwrap(value);
  return (
    isLayersModel(object) ||
    (methodOf(object, "parameters") !== undefined && methodOf(object, "stateDict") !== undefined)
  );
}

/** What is saved for an entry of a state: the state of an object that has one, or the value itself. */
export async function stateOf(value: unknown): Promise<unknown> {
  if (typeof value !== "object" || value === null) return value;
  const object = holderOfState(value);
  if (isLayersModel(object)) return nn.fromLayersModel(object).stateDict();
  if (isTfOptimizer(object)) return tfOptimizerState(object);
  const state =
    methodOf(object, "stateDict") ??
    (methodOf(object, "restore") === undefined ? undefined : methodOf(object, "state"));
  return state === undefined ? value : state();
}

/** Puts loaded state into an object. */
export async function restoreInto(
  value: object,
  loaded: LoadedValue,
  options: { readonly strict: boolean },
): Promise<void> {
  const object = holderOfState(value);
  if (isLayersModel(object)) nn.fromLayersModel(object).loadStateDict(tensorMap(loaded), options);
  else if (isTfOptimizer(object)) await restoreTfOptimizer(object, loaded);
  else if (isModel(object)) await methodOf(object, "loadStateDict")?.(tensorMap(loaded), options);
  else await (methodOf(object, "loadStateDict") ?? methodOf(object, "restore"))?.(loaded);
}

/** Gives what was restored the numbers of the precision: the file may be one of another. */
export function convertRestored(value: object, precision: Precision): void {
  const object = unwrap(value);
  if (object instanceof Optimizer) precision.convertOptimizer(object);
  else if (isLayersModel(object)) precision.convertModule(nn.fromLayersModel(object));
  else if (object instanceof nn.Module) precision.convertModule(object);
}

/** Counts and moments of an optimizer of `tf.train`; its variables are the live ones. */
export async function tfOptimizerState(
  optimizer: TfOptimizer,
): Promise<{ readonly weights: readonly { readonly name: string; readonly tensor: Tensor | HostTensor }[] }> {
  return { weights: (await optimizer.getWeights()).map(onHostUnlessVariable) };
}

/**
 * `getWeights` makes a tensor for the count of steps, which is ours to free; the others are the optimizer's own
 * variables.
 */
function onHostUnlessVariable({ name, tensor }: { readonly name: string; readonly tensor: Tensor }): {
  name: string;
  tensor: Tensor | HostTensor;
} {
  if (tensor instanceof Variable) return { name, tensor };
  const values = tensor.bufferSync();
  tensor.dispose();
  return { name, tensor: values };
}

/**
 * Takes back what `tfOptimizerState` gave. The optimizer shares the values of what it is given; the tensors themselves
 * are ours.
 */
export async function restoreTfOptimizer(optimizer: TfOptimizer, loaded: LoadedValue): Promise<void> {
  const weights = namedTensors(loaded);
  await optimizer.setWeights(weights);
  for (const { tensor } of weights) tensor.dispose();
}

/** @throws MisconfigurationError when something in the tree is no tensor */
export function tensorMap(loaded: LoadedValue): Map<string, HostTensor> {
  if (!isTree(loaded)) return new Map();
  const tensors = new Map(Object.entries(loaded).map(([name, value]) => [name, expectTensor(name, value)]));
  noteFileFormat(tensors, fileFormatOf(loaded));
  return tensors;
}

function namedTensors(loaded: LoadedValue): { name: string; tensor: Tensor }[] {
  const weights = isTree(loaded) ? loaded["weights"] : undefined;
  if (!Array.isArray(weights))
    throw new MisconfigurationError({ message: "The saved state is not that of a tf.train optimizer." });
  return weights.filter(isTree).map((weight) => {
    const name = String(weight["name"]);
    const { values, shape, dtype } = expectTensor(name, weight["tensor"]);
    return { name, tensor: makeTensor(values, shape, dtype) };
  });
}

function expectTensor(name: string, value: LoadedValue | CheckpointValue): HostTensor {
  if (value instanceof TensorBuffer) return value;
  throw new MisconfigurationError({
    code: "LIT_CKPT_KEY",
    message: `"${name}" in the checkpoint is no tensor.`,
    received: describeValue(value),
  });
}
