import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { attention } from "../../kernels/attention.js";
import { runFused, runFusedSingle } from "../../kernels/run-fused.js";
import { selfAttention as selfAttentionKernel } from "../../kernels/self-attention.js";
import { tf } from "../../tensor/tf.js";
import { checkCount } from "../size.js";
import { broadcastBatch } from "./broadcast-batch.js";
import { checkFloats } from "./check-dtype.js";
import { dropout } from "./dropout.js";
import { maskedSoftmax } from "./masked-softmax.js";

export interface AttentionOptions {
  /**
   * Broadcast to [..., T, S]. Booleans say which keys a query sees; numbers (float32) are added to the scores, and
   * -Infinity hides a key. A query that sees no key gets zeros, and no gradient comes from it.
   */
  readonly attnMask?: tf.Tensor | undefined;
  /** Query t sees keys 0 … t. @default false */
  readonly isCausal?: boolean | undefined;
  /** Dropout of the attention weights; 0 in evaluation. @default 0 */
  readonly dropoutP?: number | undefined;
  /** @default 1 / sqrt(D) */
  readonly scale?: number | undefined;
  /**
   * Grouped heads: key and value have fewer heads [..., H', S, D] than the queries [..., H, T, D]; each serves H / H'
   * neighbouring ones. @default false
   */
  readonly enableGqa?: boolean | undefined;
}

/**
 * softmax(scale · q·kᵀ + mask) · v. q [..., T, D], k [..., S, D], v [..., S, E] -> [..., T, E]; leading dimensions are
 * broadcast, so that one head of keys and values may serve every head of queries.
 * @throws ShapeError for tensors that do not fit each other, for integers, and for a mask of integers
 */
export function scaledDotProductAttention(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  options: AttentionOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("scaledDotProductAttention", { query, key, value });
  checkOptions("scaledDotProductAttention", options, KNOWN);
  refuseMore("scaledDotProductAttention", more);
  checkAttention(query, key, value);
  const { enableGqa = false, ...rest } = options;
  if (!enableGqa) return attend(query, key, value, rest).y;
  const heads = query.shape.at(-3) ?? 1;
  return attend(query, repeatHeads(key, heads), repeatHeads(value, heads), rest).y;
}

const KNOWN = ["attnMask", "isCausal", "dropoutP", "scale", "enableGqa"];

/** What the queries attend to [..., T, E], and how much to each key before dropout [..., T, S]. */
export function attend(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  options: Omit<AttentionOptions, "enableGqa">,
): { readonly y: tf.Tensor; readonly probs: tf.Tensor } {
  const scale = options.scale ?? 1 / Math.sqrt(query.shape.at(-1) ?? 1);
  const dropoutP = options.dropoutP ?? 0;
  const [q = query, k = key, v = value] = broadcastBatch("scaledDotProductAttention", [query, key, value]);
  if (options.attnMask === undefined && dropoutP === 0) {
    const [y = q, probs = q] = runFused(attention, { q, k, v }, { scale, causal: options.isCausal ?? false });
    return { y, probs };
  }
  const scores = tf.mul(tf.matMul(q, k, false, true), scale);
  const probs = maskedSoftmax(scores, { mask: options.attnMask, isCausal: options.isCausal ?? false });
  const [seen = probs, values = v] = broadcastBatch("scaledDotProductAttention", [dropout(probs, { p: dropoutP }), v]);
  return { y: tf.matMul(seen, values), probs };
}

/** [..., H', S, D] -> [..., heads, S, D], each head several times in a row. @throws ShapeError */
function repeatHeads(tensor: tf.Tensor, heads: number): tf.Tensor {
  const [own = 1, ...rest] = tensor.shape.slice(-3);
  if (own === heads) return tensor;
  if (tensor.rank < 3 || own === 0 || heads % own !== 0)
    throw new ShapeError({
      message: "scaledDotProductAttention: the heads of key and value cannot be shared by those of the queries.",
      expected: `heads that divide ${heads}, in the third dimension from the end`,
      received: formatShape(tensor.shape),
      shapes: [tensor.shape],
    });
  const leading = tensor.shape.slice(0, -3);
  const apart = tf.reshape(tensor, [...leading, own, 1, ...rest]);
  return tf.reshape(tf.broadcastTo(apart, [...leading, own, heads / own, ...rest]), [...leading, heads, ...rest]);
}

function checkAttention(query: tf.Tensor, key: tf.Tensor, value: tf.Tensor): void {
  checkFloats("scaledDotProductAttention", { query, key, value });
  const fits =
    Math.min(query.rank, key.rank, value.rank) >= 2 &&
    query.shape.at(-1) === key.shape.at(-1) &&
    key.shape.at(-2) === value.shape.at(-2);
  if (fits) return;
  throw new ShapeError({
    message: "scaledDotProductAttention: query, key and value do not fit each other.",
    expected: "[..., T, D], [..., S, D] and [..., S, E]",
    received: [query, key, value].map(({ shape }) => formatShape(shape)).join(", "),
    shapes: [query, key, value].map(({ shape }) => shape),
  });
}

export interface SelfAttentionOptions {
  readonly numHeads: number;
  /** Step t sees steps 0 … t. @default false */
  readonly isCausal?: boolean | undefined;
  /** @default 1 / sqrt(D) */
  readonly scale?: number | undefined;
}

/**
 * `scaledDotProductAttention` of all heads from one projection, as one operation: query, key and value lie side by side
 * in qkv [..., T, 3 · C], each with its heads side by side (C = numHeads · D) -> [..., T, C], heads joined again.
 * @throws ShapeError when qkv does not hold that many heads
 */
export function selfAttention(qkv: tf.Tensor, options: SelfAttentionOptions, ...more: readonly never[]): tf.Tensor {
  requireTensors("selfAttention", { qkv });
  checkOptions("selfAttention", options, ["numHeads", "isCausal", "scale"]);
  refuseMore("selfAttention", more);
  const { numHeads, isCausal = false } = options;
  checkCount(numHeads, "numHeads");
  const packed = qkv.shape[qkv.rank - 1] ?? 0;
  if (qkv.dtype !== "float32" || qkv.rank < 2 || packed % (3 * numHeads) !== 0) {
    throw new ShapeError({
      message: "selfAttention's input does not hold query, key and value of every head.",
      expected: `float32 [..., T, 3 · ${numHeads} · D]`,
      received: `${qkv.dtype} ${formatShape(qkv.shape)}`,
      shapes: [qkv.shape],
      tryThis: "project to 3 · embedDim with one nn.Linear; numHeads must divide embedDim.",
    });
  }
  const scale = options.scale ?? 1 / Math.sqrt(packed / (3 * numHeads));
  return runFusedSingle(selfAttentionKernel, { qkv }, { heads: numHeads, scale, causal: isCausal });
}
