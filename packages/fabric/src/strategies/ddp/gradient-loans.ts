import { lendFloats, lendFloatsNow, type FloatLoan } from "@lightning-ts/core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { CollectiveWork } from "../../collectives/collective.js";

/** Numbers of gradients where they lie, from when they are computed until they are given back. */
export class GradientLoans {
  readonly #gradients: readonly (Tensor | null)[];
  #loans: (FloatLoan | undefined)[] = [];

  constructor(gradients: readonly (Tensor | null)[]) {
    this.#gradients = gradients;
  }

  /** Waits until all are computed, and fails with what has made that impossible. */
  borrow(): CollectiveWork {
    return {
      then: (onFulfilled, onRejected) => this.#borrowAll().then(onFulfilled, onRejected),
      join: () => {
        for (const gradient of this.#gradients)
          this.#loans.push(gradient === null ? undefined : lendFloatsNow(gradient));
      },
    };
  }

  /** Undefined where there is no gradient. */
  valuesAt(index: number): Float32Array | undefined {
    return this.#loans[index]?.values;
  }

  /** Doing it twice is harmless. */
  giveBack(): void {
    for (const loan of this.#loans) loan?.giveBack();
    this.#loans = [];
  }

  async #borrowAll(): Promise<void> {
    const asked = this.#gradients.map(async (gradient) => (gradient === null ? undefined : lendFloats(gradient)));
    const borrowed = await Promise.allSettled(asked);
    for (const each of borrowed) this.#loans.push(each.status === "fulfilled" ? each.value : undefined);
    for (const each of borrowed) if (each.status === "rejected") throw each.reason;
  }
}
