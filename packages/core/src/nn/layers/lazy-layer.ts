import { isLazy } from "../../autograd/lazy-shape.js";
import type { Buffer, Parameter } from "../../autograd/parameter.js";
import { classNameOf } from "../../errors/class-name.js";
import type { tf } from "../../tensor/tf.js";
import { checkFloats } from "../functional/check-dtype.js";
import { wrongRank } from "../functional/wrong-rank.js";
import { inLayer } from "../in-layer.js";
import type { Module } from "../module.js";

/** How a lazy layer becomes the one that it stands for. */
interface Completion<TResult> {
  /** The field with the size of the input; 0 until it is known. */
  readonly field: "inFeatures" | "inChannels" | "numFeatures";
  /** Reads the size from an input. @throws ShapeError */
  readonly sizeOf: (x: tf.Tensor) => number;
  /** The class that the layer is of afterwards. */
  readonly becomes: { readonly prototype: Module };
  /** The layer for that size, with new values. */
  readonly create: (size: number) => Module;
  readonly forward: () => TResult;
}

/** Makes a layer that was built for some size forget it, and its parameters and buffers with it. */
export function forgetSize(layer: Module, field: Completion<never>["field"]): void {
  for (const [name, variable] of variablesOf(layer))
    if (variable.dtype === "float32") variable.forget(`${name} of ${classNameOf(layer)}`);
  Reflect.set(layer, field, 0);
}

/**
 * The first call of a lazy layer: parameters and buffers get their shapes and values, unless a state dict gave them
 * some, and the layer is of the class that it stands for from then on, as in PyTorch.
 */
export function completeLayer<TResult>(layer: Module, x: tf.Tensor, completion: Completion<TResult>): TResult {
  const { field, sizeOf, becomes, create, forward } = completion;
  const size = inLayer(layer, x, () => {
    const found = sizeOf(x);
    checkFloats(classNameOf(layer), { input: x });
    return found;
  });
  const variables = variablesOf(layer);
  const isKnown = !variables.some(([, variable]) => isLazy(variable));
  const whole = isKnown ? undefined : create(size);
  const values = new Map(whole === undefined ? [] : variablesOf(whole));
  for (const [name, variable] of variables) {
    const source = values.get(name);
    const hostValues = source?.hostValues();
    if (isLazy(variable) && source !== undefined && hostValues !== undefined)
      variable.materialize(hostValues, source.shape);
  }
  Reflect.set(layer, field, size);
  try {
    const result = forward();
    Object.setPrototypeOf(layer, becomes.prototype);
    return result;
  } catch (error) {
    // What a state dict brought fits another input.
    if (isKnown) Reflect.set(layer, field, 0);
    throw error;
  }
}

/**
 * Reads the channels of an input [N, C, ...], or [C, ...] without a batch.
 * @param layer what needs them, for messages
 * @param dimensions how many lengths come after the channels
 */
export function channelsOf(layer: string, dimensions: number): (x: tf.Tensor) => number {
  return (x) => {
    const channels = x.rank > dimensions && x.rank <= dimensions + 2 ? (x.shape[x.rank - dimensions - 1] ?? 0) : 0;
    if (channels > 0) return channels;
    throw wrongRank(layer, x, dimensions);
  };
}

function variablesOf(module: Module): [name: string, variable: Parameter | Buffer][] {
  return [...module.namedParameters(), ...module.namedBuffers()];
}
