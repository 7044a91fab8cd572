import { tf } from "@lightning-ts/core";
import { refuseOptions, type NoOptions } from "../base/no-options.js";
import { SumOverCount } from "../base/sum-over-count.js";
import { tokenDistance } from "./token-distance.js";
import { sentencePairs, type Sentences } from "./words.js";

/** What makes one rate of errors different from another. */
export interface ErrorRate {
  readonly name: string;
  readonly tokensOf: (sentence: string) => string[];
  /** What the errors of a sentence are divided by. */
  readonly countOf: (prediction: readonly string[], target: readonly string[]) => number;
}

function countErrors({ name, tokensOf, countOf }: ErrorRate, preds: Sentences, target: Sentences) {
  let [errors, count] = [0, 0];
  for (const [prediction, wanted] of sentencePairs(name, preds, target)) {
    const [found, reference] = [tokensOf(prediction), tokensOf(wanted)];
    errors += tokenDistance(found, reference);
    count += countOf(found, reference);
  }
  return { errors, count };
}

/** The rate of errors of sentences that are all there. */
export function errorRate(rate: ErrorRate, preds: Sentences, target: Sentences): tf.Tensor {
  const { errors, count } = countErrors(rate, preds, target);
  return tf.scalar(errors / count);
}

/** Base of rates of errors over all sentences of all batches. */
export abstract class ErrorRateMetric extends SumOverCount {
  override readonly higherIsBetter: boolean | undefined = false;
  override readonly plotLowerBound: number | undefined = 0;
  override readonly plotUpperBound: number | undefined = 1;
  readonly #rate: ErrorRate;

  constructor(rate: ErrorRate, options: NoOptions) {
    refuseOptions(rate.name, options);
    super(options);
    this.#rate = rate;
  }

  /** @param preds and `target` are a sentence, or as many sentences */
  override update(preds: Sentences, target: Sentences): void {
    const { errors, count } = countErrors(this.#rate, preds, target);
    this.add(errors, count);
  }
}
