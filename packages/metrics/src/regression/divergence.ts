import { rejectUnknownOptions, tf } from "@lightning-ts/core";
import { asFloats } from "../base/as-floats.js";
import { requireRowReduction, type RowReduction } from "../base/row-values.js";
import { requireVectors } from "./vectors.js";

export interface DivergenceOptions {
  /** Whether both are logarithms of probabilities. Others are divided by their row's sum. @default false */
  readonly logProb?: boolean | undefined;
  /** How the values of rows become one. @default "mean" */
  readonly reduction?: RowReduction | undefined;
}

interface Settings {
  readonly logProb: boolean;
  readonly reduction: RowReduction;
}

export function divergenceSettings(owner: string, options: DivergenceOptions): Settings {
  rejectUnknownOptions(owner, options, ["logProb", "reduction"]);
  const { logProb = false, reduction = "mean" } = options;
  requireRowReduction(owner, reduction);
  return { logProb, reduction };
}

/** Kullback and Leibler's divergence of each row. */
export function relativeEntropies(p: tf.Tensor, q: tf.Tensor, logProb: boolean): tf.Tensor {
  requireVectors("KLDivergence", p, q);
  const [a, b] = [asFloats(p), asFloats(q)];
  return logProb ? tf.sum(tf.mul(tf.exp(a), tf.sub(a, b)), -1) : entropiesOf(asShares(a), asShares(b));
}

/** Jensen and Shannon's divergence of each row: the mean of the divergences from the middle of both. */
export function middleEntropies(p: tf.Tensor, q: tf.Tensor, logProb: boolean): tf.Tensor {
  requireVectors("JensenShannonDivergence", p, q);
  const [a, b] = logProb ? [asFloats(p), asFloats(q)] : [asShares(asFloats(p)), asShares(asFloats(q))];
  const middle = logProb ? tf.sub(tf.logSumExp(tf.stack([a, b]), 0), Math.LN2) : tf.div(tf.add(a, b), 2);
  const half = (x: tf.Tensor): tf.Tensor => tf.mul(relativeEntropies(x, middle, logProb), 0.5);
  return tf.add(half(a), half(b));
}

function asShares(x: tf.Tensor): tf.Tensor {
  return tf.div(x, tf.sum(x, -1, true));
}

/** Σ p log(p / q), where nothing is added for a p of 0. */
function entropiesOf(p: tf.Tensor, q: tf.Tensor): tf.Tensor {
  const terms = tf.mul(p, tf.log(tf.div(p, q)));
  return tf.sum(tf.where(tf.equal(p, 0), tf.zerosLike(p), terms), -1);
}
