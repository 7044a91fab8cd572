import type { Buffer } from "../../autograd/parameter.js";
import { checkOptions } from "../check-options.js";
import { tf } from "../../tensor/tf.js";
import { Module } from "../module.js";

interface LossWeights {
  readonly weight?: tf.Tensor | undefined;
  readonly posWeight?: tf.Tensor | undefined;
}

/** Files of lightning-ts 0.1.0, in whose time a loss kept its weights to itself. */
const WITHOUT_WEIGHTS = 1;

/** A loss whose weights are buffers, as PyTorch's: they are saved with the model. */
export class WeightedLoss<TOptions extends LossWeights> extends Module {
  readonly #weight: Buffer | undefined;
  readonly #posWeight: Buffer | undefined;

  constructor(
    name: string,
    readonly options: TOptions,
    known: readonly string[],
  ) {
    super();
    checkOptions(name, options, known);
    const { weight, posWeight } = options;
    if (weight instanceof tf.Tensor) this.#weight = this.registerBuffer("weight", weight);
    if (posWeight instanceof tf.Tensor) this.#posWeight = this.registerBuffer("pos_weight", posWeight);
    this.registerLoadStateDictPreHook((entries, prefix, fileFormat) => {
      if (fileFormat !== WITHOUT_WEIGHTS) return;
      for (const [key, buffer] of this.namedBuffers())
        if (!entries.has(prefix + key)) entries.set(prefix + key, buffer);
    });
  }

  /** The options, with the weights as they are now: a state dict may have changed them. */
  protected currentOptions(): TOptions {
    const [weight, posWeight] = [this.#weight, this.#posWeight];
    return {
      ...this.options,
      ...(weight === undefined ? {} : { weight }),
      ...(posWeight === undefined ? {} : { posWeight }),
    };
  }
}
