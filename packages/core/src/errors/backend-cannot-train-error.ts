import { LightningError } from "./lightning-error.js";

/** The current backend lacks the gradients that a module needs. */
export class BackendCannotTrainError extends LightningError {
  readonly backend: string;
  /** The names of the layers that it cannot train. */
  readonly layers: readonly string[];
  /** Names of backends that can. */
  readonly alternatives: readonly string[];

  constructor(options: {
    readonly backend: string;
    readonly layers: readonly string[];
    readonly alternatives: readonly string[];
  }) {
    const shown = options.layers.slice(0, 4).join(", ");
    super({
      code: "LIT_BACKEND_CANNOT_TRAIN",
      message: `The backend "${options.backend}" cannot train convolutions (it has no kernel for their gradient), and this module has ${options.layers.length}: ${shown}${options.layers.length > 4 ? ", …" : ""}.`,
      expected: "a backend that can",
      tryThis:
        options.alternatives.length === 0
          ? "freeze these layers with requiresGrad(false)."
          : `${options.alternatives.map((name) => `"${name}"`).join(" or ")} instead.`,
    });
    this.backend = options.backend;
    this.layers = options.layers;
    this.alternatives = options.alternatives;
  }
}
