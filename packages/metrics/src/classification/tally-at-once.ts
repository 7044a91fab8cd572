import { tallyClasses, tallyLabels, type TallyStates, tf } from "@lightning-ts/core";
import { asIntegers } from "../base/as-integers.js";
import { checkLabels, checkScored } from "./check-inputs.js";
import { areScores } from "./probabilities.js";
import { labelsLast } from "./sides.js";

interface Rules {
  readonly name: string;
  readonly ignoreIndex: number | undefined;
  readonly isChecked: boolean;
}

/**
 * Adds a batch of one of several classes to a tally as one kernel, which is several times quicker to record than its
 * parts. @returns false where inputs are of other kinds than usual, and nothing was done
 */
export function addClassesAtOnce(
  states: TallyStates,
  preds: tf.Tensor,
  target: tf.Tensor,
  { name, ignoreIndex, isChecked, classes, topK }: Rules & { readonly classes: number; readonly topK: number },
): boolean {
  const areClasses = preds.rank === target.rank;
  if (target.dtype !== "int32" || (!areClasses && !areScores(preds))) return false;
  if (isChecked) checkScored(name, preds, target, classes);
  const rows = preds.rank === 1 || !areClasses ? preds : tf.reshape(preds, [preds.size]);
  tallyClasses(states, {
    preds: areClasses ? asIntegers(rows) : labelsLast(preds, preds.shape[1] ?? 0),
    target: target.rank === 1 ? target : tf.reshape(target, [target.size]),
    ignoreIndex,
    topK,
  });
  return true;
}

/** The same of yes or no, and of several of them. */
export function addLabelsAtOnce(
  states: TallyStates,
  preds: tf.Tensor,
  target: tf.Tensor,
  { name, ignoreIndex, isChecked, labels, threshold }: Rules & { readonly labels: number; readonly threshold: number },
): boolean {
  if (target.dtype !== "int32") return false;
  if (isChecked) checkLabels(name, preds, target, labels);
  const rows = (x: tf.Tensor): tf.Tensor => (labels === 1 ? tf.reshape(x, [x.size, 1]) : labelsLast(x, labels));
  const answers = areScores(preds) ? preds : asIntegers(preds);
  tallyLabels(states, { preds: rows(answers), target: rows(target), ignoreIndex, threshold });
  return true;
}
