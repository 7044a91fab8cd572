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
  return whenAsked({
    tp: () => tp,
    fp: () => tf.sub(predicted, tp),
    fn: () => tf.sub(actual, tp),
    tn: ({ fp }) => tf.sub(tf.sub(all, actual), fp),
  });
}

/** All classes together. */
export function summed(counts: Counts): Counts {
  const sum = (of: tf.Tensor): tf.Tensor => tf.sum(of, -1);
  return whenAsked({
    tp: () => sum(counts.tp),
    fp: () => sum(counts.fp),
    fn: () => sum(counts.fn),
    tn: () => sum(counts.tn),
  });
}

/** Counts that are computed when somebody asks for them, once: few scores need all four. */
function whenAsked(compute: Readonly<Record<keyof Counts, (counts: Counts) => tf.Tensor>>): Counts {
  const known = new Map<keyof Counts, tf.Tensor>();
  const of = (name: keyof Counts): tf.Tensor => {
    const found = known.get(name) ?? compute[name](counts);
    known.set(name, found);
    return found;
  };
  const counts: Counts = {
    get tp() {
      return of("tp");
    },
    get fp() {
      return of("fp");
    },
    get tn() {
      return of("tn");
    },
    get fn() {
      return of("fn");
    },
  };
  return counts;
}
