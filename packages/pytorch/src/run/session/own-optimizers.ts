import type { Optimizer } from "@lightning-ts/core";

/**
 * Optimizers that the fits of a Trainer have made: what they remember may be freed with the Trainer. Those that had
 * taken steps before are their user's. Nothing here keeps one alive that nobody else holds.
 */
export class OwnOptimizers {
  #known: WeakRef<Optimizer>[] = [];

  /** @param returned as `configureOptimizers` returned them, before anything is restored or trained */
  add(returned: readonly Optimizer[]): void {
    const known = this.#known.filter((reference) => reference.deref() !== undefined);
    const made = returned.filter(({ state }) => state.size === 0);
    this.#known = [...known, ...made.map((optimizer) => new WeakRef(optimizer))];
  }

  dispose(): void {
    for (const reference of this.#known.splice(0)) reference.deref()?.dispose();
  }
}
