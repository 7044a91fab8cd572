import type { Variable } from "@tensorflow/tfjs-core";

/**
 * Which rank keeps the optimizer's state of a parameter, and updates it. Whole parameters are given out, the largest
 * first, each to the rank that has the least so far; so all ranks find the same owners by themselves.
 */
export class ParameterOwners {
  readonly #owners = new Map<Variable, number>();
  readonly #worldSize: number;

  constructor(worldSize: number) {
    this.#worldSize = worldSize;
  }

  /**
   * Gives out parameters that have no owner yet. What is trained and what is frozen are balanced each for itself, since
   * frozen parameters have no state.
   */
  add(parameters: readonly Variable[]): void {
    this.#balance(parameters.filter(({ trainable }) => trainable));
    this.#balance(parameters.filter(({ trainable }) => !trainable));
  }

  /** Undefined for a parameter of no module that was set up: every rank updates it by itself. */
  ownerOf(parameter: Variable): number | undefined {
    return this.#owners.get(parameter);
  }

  #balance(parameters: readonly Variable[]): void {
    const elements = new Array<number>(this.#worldSize).fill(0);
    // Sorting is stable: parameters of the same size stay in the module's order, on every rank.
    for (const parameter of parameters.toSorted((a, b) => b.size - a.size)) {
      if (this.#owners.has(parameter)) continue;
      const least = elements.indexOf(Math.min(...elements));
      elements[least] = (elements[least] ?? 0) + parameter.size;
      this.#owners.set(parameter, least);
    }
  }
}
