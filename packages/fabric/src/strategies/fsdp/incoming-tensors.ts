import { draftTensor, type TensorDraft } from "@lightning-ts/core";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";

/** Takes the values of some variables as they come in, part by part, and hands over each tensor that is complete. */
export class IncomingTensors {
  readonly #variables: readonly Variable[];
  readonly #take: (variable: Variable, values: Tensor) => void;
  #index = 0;
  #draft: TensorDraft | undefined;
  #filled = 0;

  constructor(variables: readonly Variable[], take: (variable: Variable, values: Tensor) => void) {
    this.#variables = variables;
    this.#take = take;
  }

  /** What lies behind the last variable's end is padding. */
  add(part: Float32Array): void {
    let from = 0;
    for (let variable = this.#variables[this.#index]; variable !== undefined; variable = this.#variables[this.#index]) {
      this.#draft ??= draftTensor(variable.shape);
      const count = Math.min(part.length - from, variable.size - this.#filled);
      this.#draft.values.set(part.subarray(from, from + count), this.#filled);
      from += count;
      this.#filled += count;
      if (this.#filled < variable.size) return;
      const draft = this.#draft;
      this.#draft = undefined;
      this.#index += 1;
      this.#filled = 0;
      this.#take(variable, draft.finish());
    }
  }

  /** Nothing more comes. */
  end(): void {
    this.#draft?.drop();
    this.#draft = undefined;
  }
}
