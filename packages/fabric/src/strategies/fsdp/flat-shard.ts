import { tf } from "@lightning-ts/core";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";

/** Copies the values of arrays, which lie behind each other, from `from` on into `target`. Stops at either's end. */
export function copyRange(arrays: readonly Float32Array[], from: number, target: Float32Array): void {
  let begin = 0;
  for (const array of arrays) {
    const first = Math.max(from, begin);
    const end = Math.min(from + target.length, begin + array.length);
    if (first < end) target.set(array.subarray(first - begin, end - begin), first - from);
    begin += array.length;
  }
}

/** Takes the values of some variables as they come in, part by part, and hands over each tensor that is complete. */
export class IncomingTensors {
  readonly #variables: readonly Variable[];
  readonly #take: (variable: Variable, values: Tensor) => void;
  #index = 0;
  #values: Float32Array | undefined;
  #filled = 0;

  constructor(variables: readonly Variable[], take: (variable: Variable, values: Tensor) => void) {
    this.#variables = variables;
    this.#take = take;
  }

  /** What lies behind the last variable's end is padding. */
  add(part: Float32Array): void {
    let from = 0;
    for (let variable = this.#variables[this.#index]; variable !== undefined; variable = this.#variables[this.#index]) {
      this.#values ??= new Float32Array(variable.size);
      const count = Math.min(part.length - from, variable.size - this.#filled);
      this.#values.set(part.subarray(from, from + count), this.#filled);
      from += count;
      this.#filled += count;
      if (this.#filled < variable.size) return;
      this.#take(variable, tf.tensor(this.#values, variable.shape, "float32"));
      this.#index += 1;
      this.#values = undefined;
      this.#filled = 0;
    }
  }
}
