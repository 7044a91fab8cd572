import { tf } from "@lightning-ts/core";
import { asIntegers } from "../base/as-integers.js";
import { checkLabels, checkScored } from "./check-inputs.js";
import type { Sides } from "./counts.js";
import { areScores, asProbabilities } from "./probabilities.js";

/** Predictions and targets, ready to be counted, and the classes that have to be known ones. */
export interface Prepared extends Sides {
  readonly target: tf.Tensor;
  readonly classes: {
    readonly target: tf.Tensor;
    readonly preds: tf.Tensor | undefined;
    readonly counts: tf.Tensor | undefined;
  };
}

interface LabelRules {
  readonly name: string;
  readonly threshold: number;
  /** 1 for yes or no. */
  readonly labels: number;
  readonly ignoreIndex: number | undefined;
  readonly isChecked: boolean;
  readonly isSamplewise: boolean;
  /** Whether predictions that do not count decide too if all are logits. @default true */
  readonly doIgnoredDecide?: boolean;
}

/** Yes or no, and several of them: predictions and targets of one shape, with the labels along dimension 1. */
export function labelSides(preds: tf.Tensor, target: tf.Tensor, rules: LabelRules): Prepared {
  const { name, threshold, labels, ignoreIndex, isChecked, isSamplewise } = rules;
  if (isChecked) checkLabels(name, preds, target, labels, isSamplewise);
  const rows = (x: tf.Tensor) => (labels === 1 ? tf.reshape(x, [x.size, 1]) : labelsLast(x, labels));
  const all = rows(target);
  const counts = ignoreIndex === undefined ? undefined : tf.notEqual(all, tf.scalar(ignoreIndex, all.dtype));
  const deciding = rules.doIgnoredDecide === false ? counts : undefined;
  const answers = areScores(preds)
    ? tf.cast(tf.greater(asProbabilities(rows(preds), "sigmoid", deciding), threshold), "float32")
    : tf.cast(rows(preds), "float32");
  return {
    preds: answers,
    target: tf.cast(all, "float32"),
    counts: counts === undefined ? undefined : tf.cast(counts, "float32"),
    classes: { target: all, preds: areScores(preds) ? undefined : rows(preds), counts },
  };
}

/** [samples, labels, …] as [rows, labels]. */
export function labelsLast(x: tf.Tensor, labels: number): tf.Tensor {
  if (x.rank === 2) return x;
  const flat = tf.reshape(x, [x.shape[0] ?? 0, labels, -1]);
  return tf.reshape(tf.transpose(flat, [0, 2, 1]), [x.size / labels, labels]);
}

interface ClassRules {
  readonly name: string;
  /** Undefined where only right and wrong are told apart. */
  readonly classes: number | undefined;
  readonly topK: number;
  readonly ignoreIndex: number | undefined;
  readonly isChecked: boolean;
  readonly isSamplewise: boolean;
}

/** One of several classes: predictions are classes like the targets, or have scores along dimension 1. */
export function classSides(preds: tf.Tensor, target: tf.Tensor, rules: ClassRules): Prepared {
  const { classes } = rules;
  const { preds: answers, target: actual, counts } = classesOf(preds, target, rules);
  const isRight = (): tf.Tensor => tf.cast(tf.reshape(tf.equal(answers, actual), [-1, 1]), "float32");
  return {
    preds: classes === undefined ? isRight() : oneHot(answers, classes),
    target: classes === undefined ? tf.ones([actual.size, 1]) : oneHot(actual, classes),
    counts: counts === undefined ? undefined : tf.cast(tf.reshape(counts, [-1, 1]), "float32"),
    classes: { target: actual, preds: preds.rank === target.rank ? answers : undefined, counts },
  };
}

/** Predicted and actual classes, [rows], int32, and where they count. */
export function classesOf(
  preds: tf.Tensor,
  target: tf.Tensor,
  { name, classes, topK, ignoreIndex, isChecked, isSamplewise }: ClassRules,
): { readonly preds: tf.Tensor; readonly target: tf.Tensor; readonly counts: tf.Tensor | undefined } {
  if (isChecked) checkScored(name, preds, target, classes, isSamplewise);
  const actual = asIntegers(target.rank === 1 ? target : tf.reshape(target, [target.size]));
  const isGiven = preds.rank === target.rank;
  const given = (): tf.Tensor => (preds.rank === 1 ? preds : tf.reshape(preds, [preds.size]));
  const answers = isGiven ? given() : best(preds, actual, topK);
  const counts = ignoreIndex === undefined ? undefined : tf.notEqual(actual, tf.scalar(ignoreIndex, "int32"));
  return { preds: asIntegers(answers), target: actual, counts };
}

function oneHot(classes: tf.Tensor, count: number): tf.Tensor {
  return tf.oneHot(asIntegers(classes), count, 1, 0, "float32");
}

/** The class with the highest score; the target's, where it is among the `topK` highest. */
function best(preds: tf.Tensor, actual: tf.Tensor, topK: number): tf.Tensor {
  const classes = preds.shape[1] ?? 0;
  const scores = labelsLast(preds, classes);
  // NaN is the highest score, as in PyTorch; backends do not agree where it stands among others.
  const highest = tf.argMax(tf.where(tf.isNaN(scores), tf.scalar(Number.POSITIVE_INFINITY), scores), 1);
  if (topK === 1) return highest;
  const own = tf.expandDims(tf.sum(tf.mul(scores, oneHot(actual, classes)), 1), 1);
  const isBefore = tf.less(tf.range(0, classes, 1, "int32"), tf.expandDims(actual, 1));
  const isHigher = tf.logicalOr(tf.greater(scores, own), tf.logicalAnd(tf.equal(scores, own), isBefore));
  const isMet = tf.less(tf.sum(tf.cast(isHigher, "int32"), 1), tf.scalar(topK, "int32"));
  return tf.where(tf.logicalAnd(isMet, tf.greaterEqual(actual, 0)), actual, asIntegers(highest));
}
