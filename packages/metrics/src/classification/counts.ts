import { tf } from "@lightning-ts/core";

/** Right and wrong answers, float32: [classes] over everything, [samples, classes] for each sample. */
export interface Counts {
  readonly tp: tf.Tensor;
  readonly fp: tf.Tensor;
  readonly tn: tf.Tensor;
  readonly fn: tf.Tensor;
}

/** Answers and what they should have been, 0 or 1: [rows, classes]. */
export interface Sides {
  readonly preds: tf.Tensor;
  readonly target: tf.Tensor;
  /** 1 where a row, or one label of it, counts: [rows, 1] or [rows, classes]. Undefined means everywhere. */
  readonly counts: tf.Tensor | undefined;
}

/** How many rows of a tally stand for what: met, predicted, actual, all. */
export const TALLY_ROWS = 4;

/**
 * What a batch came to, as sums that add up over batches: [4, classes], or [samples, 4, classes].
 * @param samples how many samples are kept apart; undefined counts over all rows
 */
export function tallied({ preds, target, counts }: Sides, samples: number | undefined): tf.Tensor {
  const [rows = 0, classes = 0] = preds.shape;
  const predicted = counts === undefined ? preds : tf.mul(preds, counts);
  const actual = counts === undefined ? target : tf.mul(target, counts);
  const all = counts === undefined ? tf.onesLike(preds) : tf.mul(tf.onesLike(preds), counts);
  const parts = [tf.mul(predicted, actual), predicted, actual, all];
  const shape = samples === undefined ? [rows, classes] : [samples, rows / Math.max(1, samples), classes];
  const axis = samples === undefined ? 0 : 1;
  return tf.stack(
    parts.map((part) => tf.sum(tf.reshape(part, shape), axis)),
    axis,
  );
}

/** The counts of a tally, as `tallied` gives it. */
export function countsOf(tally: tf.Tensor): Counts {
  const [tp, predicted, actual, all] = tf.unstack(tf.cast(tally, "float32"), tally.rank - 2);
  if (tp === undefined || predicted === undefined || actual === undefined || all === undefined)
    throw new RangeError("A tally has four rows.");
  const fp = tf.sub(predicted, tp);
  const fn = tf.sub(actual, tp);
  return { tp, fp, tn: tf.sub(tf.sub(all, actual), fp), fn };
}

/** All classes together. */
export function summed({ tp, fp, tn, fn }: Counts): Counts {
  return { tp: tf.sum(tp, -1), fp: tf.sum(fp, -1), tn: tf.sum(tn, -1), fn: tf.sum(fn, -1) };
}
