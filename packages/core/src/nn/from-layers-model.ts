import { refuseMore } from "../errors/refuse-more.js";
import { describeValue } from "../errors/describe-value.js";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Buffer, Parameter } from "../autograd/parameter.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { tf } from "../tensor/tf.js";
import { setLayersModelWrapper } from "./as-child-module.js";
import { adoptBuffer, adoptParameter } from "./adopt-variable.js";
import { isLayersModel, type LayersModelLike, type LayersWeight } from "./layers-model.js";
import { Module } from "./module.js";

/**
 * A `tf.LayersModel` as a module. Its trainable weights are the parameters, the others buffers; keys are
 * `<index of the layer>.<name of the weight>`, e.g. `0.kernel`, so they do not depend on tfjs' running numbers.
 * @example
 * ```ts
 * import { nn } from "@lightning-ts/core";
 *
 * // A model of @tensorflow/tfjs-layers: tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [4] })] })
 * function namesOf(model: nn.LayersModelLike) {
 *   const module = nn.fromLayersModel(model); // a LayersModelModule
 *   return module.namedParameters().map(([name]) => name); // ["0.kernel", "0.bias"]
 * }
 * console.log(namesOf.length);
 * ```
 */
export class LayersModelModule extends Module {
  readonly #model: LayersModelLike;

  constructor(model: LayersModelLike) {
    super();
    this.#model = model;
  }

  /** The model itself. */
  get model(): LayersModelLike {
    return this.#model;
  }

  override forward(input: Tensor): Tensor {
    const output = this.#model.apply(input, { training: this.training });
    if (output instanceof tf.Tensor) return output;
    throw new MisconfigurationError({
      message: "This tf.LayersModel has several outputs.",
      expected: "one output tensor",
      tryThis: "call module.model.apply(inputs, { training: module.training }) yourself.",
    });
  }

  protected override members(): [string, Parameter | Buffer][] {
    const trainable = new Set(this.#model.trainableWeights);
    return this.#model.layers.flatMap((layer, index) => {
      const counts = new Map<string, number>();
      return layer.weights.map((weight): [string, Parameter | Buffer] => [
        `${index}.${uniqueName(weight, counts)}`,
        trainable.has(weight) ? adoptParameter(weight.read()) : adoptBuffer(weight.read()),
      ]);
    });
  }
}

function uniqueName(weight: LayersWeight, counts: Map<string, number>): string {
  const name = (weight.name.split("/").at(-1) ?? weight.name).replaceAll(/_\d+$/g, "").replaceAll(".", "_");
  const count = counts.get(name) ?? 0;
  counts.set(name, count + 1);
  return count === 0 ? name : `${name}_${count}`;
}

setLayersModelWrapper(fromLayersModel);

const wrapped = new WeakMap<object, LayersModelModule>();

/**
 * The module of a `tf.LayersModel`; the same model gives the same module. A model that is a field of a module needs no
 * call.
 */
export function fromLayersModel(model: LayersModelLike, ...more: readonly never[]): LayersModelModule {
  refuseMore("fromLayersModel", more);
  if (!isLayersModel(model)) {
    throw new MisconfigurationError({
      message: "This is no tf.LayersModel.",
      expected: "a built model of @tensorflow/tfjs-layers",
      received: describeValue(model),
    });
  }
  const known = wrapped.get(model);
  if (known !== undefined) return known;
  const module = new LayersModelModule(model);
  wrapped.set(model, module);
  return module;
}
