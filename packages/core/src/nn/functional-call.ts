import type { Tensor } from "@tensorflow/tfjs-core";
import { classNameOf } from "../errors/class-name.js";
import { describeValue } from "../errors/describe-value.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { nearestName } from "../errors/nearest-name.js";
import { rejectUnknownOptions } from "../errors/reject-unknown-options.js";
import { tf } from "../tensor/tf.js";
import { refusePromise } from "../tree/refuse-promise.js";
import type { Module } from "./module.js";
import { placesIn, TENSOR_HOLDERS } from "./tensor-holders.js";

/** Tensors under the names of a module's parameters and buffers, such as a state dict. */
export type NamedTensors = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

export interface FunctionalCallOptions {
  /** Whether a parameter that has several names is replaced under all of them. @default true */
  readonly tieWeights?: boolean | undefined;
  /** Whether every parameter and buffer has to be given. @default false */
  readonly strict?: boolean | undefined;
}

/**
 * What a module computes with other tensors in the place of its parameters and buffers, which stay as they are:
 * `torch.func.functional_call`. Gradients flow to the given tensors. Buffers that `forward` changes, such as batch
 * norm's statistics in training, have to be given as buffers, and are changed.
 * @param tensors under names as in the state dict, those of a part or of all; or several such objects
 * @param inputs of `forward`, in a list; one that is no list may stand alone
 * @throws MisconfigurationError for a name that the module does not have, and for one that is given twice
 * @example
 * ```ts
 * import { functionalCall, grad, nn, tensorScope, tf } from "@lightning-ts/core";
 *
 * const scope = tensorScope();
 * const layer = new nn.Linear(2, 1);
 * const [x, y] = [tf.ones([4, 2]), tf.zeros([4, 1])];
 * const loss = (weight: tf.Tensor) => nn.functional.mseLoss(functionalCall(layer, { weight }, x), y);
 * const [slope] = grad(loss(layer.weight), [layer.weight], { createGraph: true });
 * const adapted = tf.sub(layer.weight, tf.mul(slope ?? 0, 0.1)); // a step that gradients flow through
 * console.log(grad(loss(adapted), [layer.weight])[0]?.shape); // [1, 2]
 * scope.close();
 * ```
 */
export function functionalCall<TModule extends Module>(
  module: TModule,
  tensors: NamedTensors | readonly NamedTensors[],
  inputs: Parameters<TModule["forward"]> | Parameters<TModule["forward"]>[0],
  options: FunctionalCallOptions = {},
): ReturnType<TModule["forward"]> {
  rejectUnknownOptions("functionalCall", options, ["tieWeights", "strict"]);
  const given = joined(tensors);
  const own = ownTensors(module);
  checkNames(module, given, own, options.strict ?? false);
  const places = placesOf(module, given, own, options.tieWeights ?? true);
  try {
    for (const { put, tensor } of places) put(tensor);
    const result: ReturnType<TModule["forward"]> = Reflect.apply(
      module.forward,
      module,
      Array.isArray(inputs) ? inputs : [inputs],
    );
    return refusePromise(result, `${classNameOf(module)}.forward`);
  } finally {
    for (const { put, original } of places) put(original);
  }
}

/** @throws MisconfigurationError for a name in two objects, and for what is no tensor */
function joined(tensors: NamedTensors | readonly NamedTensors[]): ReadonlyMap<string, Tensor> {
  const all = new Map<string, Tensor>();
  for (const each of isList(tensors) ? tensors : [tensors]) {
    for (const [name, tensor] of each instanceof Map ? each : Object.entries(each)) {
      if (!(tensor instanceof tf.Tensor)) throw wrong(`needs a tensor for "${name}"`, describeValue(tensor));
      if (all.has(name)) throw wrong("was given a name twice, in two objects", `"${name}"`);
      all.set(name, tensor);
    }
  }
  return all;
}

function isList(tensors: NamedTensors | readonly NamedTensors[]): tensors is readonly NamedTensors[] {
  return Array.isArray(tensors);
}

/** All of the module's parameters and buffers, under all their names. */
function ownTensors(module: Module): ReadonlyMap<string, Tensor> {
  return new Map<string, Tensor>([...module.namedBuffers(), ...module.namedParameters(), ...module.stateDict()]);
}

function checkNames(
  module: Module,
  given: ReadonlyMap<string, Tensor>,
  own: ReadonlyMap<string, Tensor>,
  isStrict: boolean,
): void {
  const stranger = [...given.keys()].find((name) => !own.has(name));
  if (stranger !== undefined) {
    const nearest = nearestName(stranger, own.keys());
    throw wrong(`found no parameter or buffer of this name in ${classNameOf(module)}`, `"${stranger}"`, {
      expected: `some of ${[...own.keys()].join(", ")}`,
      tryThis: nearest === undefined ? undefined : `"${nearest}" (did you mean that?)`,
    });
  }
  const isGiven = new Set([...given.keys()].map((name) => own.get(name)));
  const missing = isStrict ? [...own].filter(([, tensor]) => !isGiven.has(tensor)).map(([name]) => name) : [];
  if (missing.length > 0)
    throw wrong(`was to replace all of ${classNameOf(module)}, with strict: true`, "some", {
      expected: `${missing.join(", ")} too`,
    });
}

/** Where a module keeps a tensor, and what takes its place. */
interface Place {
  readonly put: (tensor: Tensor) => void;
  readonly tensor: Tensor;
  readonly original: Tensor;
}

function placesOf(
  module: Module,
  given: ReadonlyMap<string, Tensor>,
  own: ReadonlyMap<string, Tensor>,
  tieWeights: boolean,
): readonly Place[] {
  const known = new Map<Tensor, string>();
  return [...given].flatMap(([name, tensor]) => {
    const original = own.get(name) ?? tensor;
    const other = tieWeights ? known.get(original) : undefined;
    if (other !== undefined && given.get(other) !== tensor)
      throw wrong("was given two tensors for one parameter", `"${other}" and "${name}"`, {
        tryThis: "one of them, or tieWeights: false.",
      });
    known.set(original, name);
    const path = name.split(".").slice(0, -1).join(".");
    const modules = tieWeights ? module.modules() : [module.getSubmodule(path)];
    const puts = modules.flatMap((one) => one[TENSOR_HOLDERS]().flatMap((holder) => placesIn(holder, original)));
    if (puts.length === 0)
      throw wrong(`cannot replace "${name}"`, "a tensor that is in no public field of its module", {
        tryThis: "keep parameters in fields whose names do not begin with #.",
      });
    return puts.map((put) => ({ put, tensor, original }));
  });
}

function wrong(
  message: string,
  received: string,
  more: { readonly expected?: string | undefined; readonly tryThis?: string | undefined } = {},
): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_FUNCTIONAL_CALL",
    message: `functionalCall ${message}.`,
    received,
    ...more,
  });
}
