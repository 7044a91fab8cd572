import { refuseMore } from "../../errors/refuse-more.js";
import type { Parameter } from "../../autograd/parameter.js";
import type { tf } from "../../tensor/tf.js";
import { Module } from "../module.js";
import { TENSOR_HOLDERS } from "../tensor-holders.js";
import { parameterText } from "./parameter-text.js";
import { asParameter } from "./parameter-list.js";

/**
 * Parameters by name. A tensor becomes a parameter with its values.
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const scales = new nn.ParameterDict({ image: tf.ones([1]), text: tf.ones([1]) });
 * console.log(scales.get("text")?.shape, scales.keys()); // [1], ["image", "text"]
 * ```
 */
export class ParameterDict extends Module {
  readonly #parameters = new Map<string, Parameter>();

  constructor(
    values: Readonly<Record<string, tf.Tensor>> | Iterable<readonly [name: string, value: tf.Tensor]> = {},
    ...more: readonly never[]
  ) {
    super();
    refuseMore("nn.ParameterDict", more);
    for (const [name, value] of Symbol.iterator in values ? values : Object.entries(values)) this.set(name, value);
  }

  get length(): number {
    return this.#parameters.size;
  }

  get(name: string): Parameter | undefined {
    return this.#parameters.get(name);
  }

  set(name: string, value: tf.Tensor): this {
    this.#parameters.set(name, this.registerParameter(name, asParameter(value)));
    return this;
  }

  has(name: string): boolean {
    return this.#parameters.has(name);
  }

  keys(): string[] {
    return [...this.#parameters.keys()];
  }

  override extraRepr(): string {
    return [...this.#parameters].map(([name, parameter]) => parameterText(name, "FloatTensor", parameter)).join("\n");
  }

  override [TENSOR_HOLDERS](): readonly object[] {
    return [this.#parameters];
  }

  [Symbol.iterator](): IterableIterator<[string, Parameter]> {
    return this.#parameters[Symbol.iterator]();
  }
}
