import { F, MisconfigurationError, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { refusedOption } from "../base/check-options.js";
import { requireTensors } from "../base/require-tensors.js";
import { SumOverCount } from "../base/sum-over-count.js";

export interface PerplexityOptions {
  /** Targets with this number count for nothing, such as padding. @default undefined, all count */
  readonly ignoreIndex?: number | undefined;
}

function ignoreIndexOf(owner: string, options: PerplexityOptions): number | undefined {
  rejectUnknownOptions(owner, options, ["ignoreIndex"]);
  const { ignoreIndex } = options;
  if (ignoreIndex !== undefined && !Number.isInteger(ignoreIndex))
    throw refusedOption(owner, "ignoreIndex", ignoreIndex, "a whole number");
  return ignoreIndex;
}

function requireTokens(preds: tf.Tensor, target: tf.Tensor): void {
  requireTensors("Perplexity", preds, target);
  const isRight = preds.rank === 3 && target.rank === 2 && tf.util.arraysEqual(preds.shape.slice(0, 2), target.shape);
  if (isRight && preds.dtype === "float32" && target.dtype === "int32") return;
  const described = (x: tf.Tensor): string => `${x.dtype} [${x.shape.join(", ")}]`;
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: "Perplexity takes scores of all tokens for each place in sequences, and the token that is there.",
    expected: "predictions float32 [batch, length, tokens] and targets int32 [batch, length]",
    received: `predictions ${described(preds)} and targets ${described(target)}`,
  });
}

/** Surprises in nats, and how many tokens there are of those. */
function surprises(preds: tf.Tensor, target: tf.Tensor, ignoreIndex: number | undefined) {
  requireTokens(preds, target);
  const scores = tf.reshape(preds, [-1, preds.shape[2] ?? 1]);
  const tokens = tf.reshape(target, [-1]);
  if (ignoreIndex === undefined)
    return { sum: F.crossEntropy(scores, tokens, { reduction: "sum" }), count: target.size };
  return {
    sum: F.crossEntropy(scores, tokens, { reduction: "sum", ignoreIndex }),
    count: tf.sum(tf.cast(tf.notEqual(tokens, ignoreIndex), "float32")),
  };
}

/**
 * Between how many tokens, on average, a language model wavers: the exponential of the mean surprise.
 * @param preds logits, [batch, length, tokens]
 * @param target tokens, int32 [batch, length]
 * @returns a scalar; differentiable
 */
export function perplexity(preds: tf.Tensor, target: tf.Tensor, options: PerplexityOptions = {}): tf.Tensor {
  const ignoreIndex = ignoreIndexOf("perplexity", options);
  const { sum, count } = surprises(preds, target, ignoreIndex);
  return tf.exp(tf.div(sum, count));
}

/**
 * Between how many tokens, on average, a language model wavers: the exponential of the mean surprise over all batches.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { Perplexity } from "@lightning-ts/metrics";
 *
 * const perplexity = new Perplexity({ ignoreIndex: -100 });
 * perplexity.update(tf.zeros([1, 3, 8]), tf.tensor2d([[0, 5, -100]], [1, 3], "int32"));
 * console.log(perplexity.compute().dataSync()[0]?.toFixed(3)); // 8.000
 * ```
 */
export class Perplexity extends SumOverCount {
  override readonly higherIsBetter = false;
  readonly ignoreIndex: number | undefined;

  constructor(options: PerplexityOptions = {}) {
    const ignoreIndex = ignoreIndexOf("Perplexity", options);
    super(options);
    this.ignoreIndex = ignoreIndex;
  }

  /** @param preds logits, [batch, length, tokens] @param target tokens, int32 [batch, length] */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    const { sum, count } = surprises(preds, target, this.ignoreIndex);
    this.add(sum, count);
  }

  override compute(): tf.Tensor {
    return tf.exp(super.compute());
  }
}
