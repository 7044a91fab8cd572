import type { nn } from "@lightning-ts/core";

/** Remembers for every submodule whether it is in training mode. */
export class TrainingModes {
  readonly #modes: readonly (readonly [nn.Module, boolean])[];

  constructor(module: nn.Module) {
    this.#modes = module.namedModules().map(([, child]) => [child, child.training] as const);
  }

  restore(): void {
    for (const [child, isTraining] of this.#modes) child.training = isTraining;
  }
}
