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
  const inEach = samples === undefined ? rows : rows / Math.max(1, samples);
  const axis = samples === undefined ? 0 : 1;
  const sum = (part: tf.Tensor): tf.Tensor =>
    tf.sum(samples === undefined ? part : tf.reshape(part, [samples, inEach, classes]), axis);
  const sums = [sum(tf.mul(predicted, actual)), sum(predicted), sum(actual)];
  const all =
    counts === undefined
      ? tf.fill(samples === undefined ? [classes] : [samples, classes], inEach)
      : sum(tf.broadcastTo(counts, preds.shape));
  return tf.stack([...sums, all], axis);
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
