import { refuseMore } from "../../errors/refuse-more.js";
import { Parameter } from "../../autograd/parameter.js";
import { describeValue } from "../../errors/describe-value.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { tf } from "../../tensor/tf.js";
import { Module } from "../module.js";
import { TENSOR_HOLDERS } from "../tensor-holders.js";
import { parameterText } from "./parameter-text.js";

/**
 * Parameters in a list; keys begin with 0, 1, …. A tensor becomes a parameter with its values.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * class Sum extends nn.Module {
 *   readonly parts = new nn.ParameterList([tf.ones([3]), tf.zeros([3])]);
 *
 *   override forward(x: tf.Tensor): tf.Tensor {
 *     return [...this.parts].reduce((sum, part) => tf.add(sum, part), x);
 *   }
 * }
 * console.log([...new Sum().stateDict().keys()]); // ["parts.0", "parts.1"]
 * ```
 */
export class ParameterList extends Module {
  readonly #parameters: Parameter[] = [];

  constructor(values: Iterable<tf.Tensor> = [], ...more: readonly never[]) {
    super();
    refuseMore("nn.ParameterList", more);
    this.extend(values);
  }

  get length(): number {
    return this.#parameters.length;
  }

  /** The parameter at a position; negative ones count from the end. */
  at(index: number): Parameter | undefined {
    return this.#parameters.at(index);
  }

  append(value: tf.Tensor): this {
    const parameter = asParameter(value);
    this.registerParameter(String(this.#parameters.length), parameter);
    this.#parameters.push(parameter);
    return this;
  }

  extend(values: Iterable<tf.Tensor>): this {
    for (const value of values) this.append(value);
    return this;
  }

  override extraRepr(): string {
    return this.#parameters.map((parameter, index) => parameterText(String(index), "float32", parameter)).join("\n");
  }

  override [TENSOR_HOLDERS](): readonly object[] {
    return [this.#parameters];
  }

  [Symbol.iterator](): IterableIterator<Parameter> {
    return this.#parameters[Symbol.iterator]();
  }
}

/** A parameter as it is, another tensor as a parameter with its values. */
export function asParameter(value: tf.Tensor): Parameter {
  if (value instanceof Parameter) return value;
  if (value instanceof tf.Tensor && value.dtype === "float32") return new Parameter(value);
  if (value instanceof tf.Tensor) return Parameter.fromData(Float32Array.from(value.dataSync()), value.shape);
  throw new MisconfigurationError({
    message: "Parameters of a list or a dictionary are made of tensors.",
    expected: "a parameter, or a tensor with its first values",
    received: describeValue(value),
    tryThis: "tf.tensor(values).",
  });
}
