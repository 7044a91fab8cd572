import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import type { RandomStream } from "../../random/random-stream.js";
import { type SeedOptions, SeededSampler } from "./seeded-sampler.js";

export interface WeightedRandomSamplerOptions extends SeedOptions {
  /** @default true */
  readonly replacement?: boolean | undefined;
}

/**
 * Draws `numSamples` items an epoch, item i with a probability in proportion to `weights[i]`; the weights need not add
 * up to 1.
 * @example
 * ```ts
 * import { ArrayDataset, DataLoader, WeightedRandomSampler } from "@lightning-ts/core";
 *
 * const sampler = new WeightedRandomSampler([0.9, 0.1], 4, { seed: 7 });
 * const loader = new DataLoader(new ArrayDataset([0, 1]), { batchSize: 2, sampler });
 * for await (const batch of loader) console.log(batch); // mostly 0
 * ```
 */
export class WeightedRandomSampler extends SeededSampler {
  override readonly length: number;
  readonly #weights: Float64Array;
  readonly #replacement: boolean;

  constructor(weights: ArrayLike<number>, numSamples: number, options: WeightedRandomSamplerOptions = {}) {
    rejectUnknownOptions("WeightedRandomSampler", options, ["replacement", "seed", "generator"]);
    super(options, "WeightedRandomSampler");
    this.#weights = Float64Array.from(weights);
    this.#replacement = options.replacement ?? true;
    this.length = numSamples;
    checkWeights(this.#weights, numSamples, this.#replacement);
  }

  override indices(): Iterable<number> {
    const stream = this.stream();
    return this.#replacement ? this.#drawWithReplacement(stream) : this.#drawWithoutReplacement(stream);
  }

  *#drawWithReplacement(stream: RandomStream): Iterable<number> {
    let sum = 0;
    const bounds = this.#weights.map((weight) => (sum += weight));
    for (let i = 0; i < this.length; i += 1) yield firstAbove(bounds, stream.uniform(0, sum));
  }

  /** Efraimidis and Spirakis (2006): the smallest of exponential variables with the weights as rates. */
  #drawWithoutReplacement(stream: RandomStream): Iterable<number> {
    const keys = this.#weights.map((weight) => -Math.log(1 - stream.uniform()) / weight);
    const candidates = [...keys.keys()].filter((index) => this.#weights[index] !== 0);
    return candidates.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0)).slice(0, this.length);
  }
}

/** The first position whose bound is above `value`. */
function firstAbove(bounds: Float64Array, value: number): number {
  let low = 0;
  let high = bounds.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bounds[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function checkWeights(weights: Float64Array, numSamples: number, replacement: boolean): void {
  const positive = weights.filter((weight) => weight > 0).length;
  const isValid = weights.every((weight) => Number.isFinite(weight) && weight >= 0) && positive > 0;
  if (isValid && Number.isInteger(numSamples) && numSamples > 0 && (replacement || numSamples <= positive)) return;
  throw new MisconfigurationError({
    message: "WeightedRandomSampler cannot draw from these weights.",
    expected: `finite weights of at least 0, one of them positive, and numSamples as a positive integer${replacement ? "" : " of at most as many as there are positive weights"}`,
    received: `${weights.length} weights, ${positive} of them positive, numSamples ${numSamples}`,
  });
}
