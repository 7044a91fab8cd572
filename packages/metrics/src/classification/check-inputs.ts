import { MisconfigurationError, type tf } from "@lightning-ts/core";
import { requireSameShape } from "../base/check-shapes.js";
import { requireTensors } from "../base/require-tensors.js";
import { areScores } from "./probabilities.js";

/** @throws MisconfigurationError where predictions and targets are no yes or no of one shape */
export function checkLabels(
  name: string,
  preds: tf.Tensor,
  target: tf.Tensor,
  labels: number,
  isSamplewise = false,
): void {
  requireSameShape(name, preds, target);
  if (labels > 1 && preds.shape[1] !== labels)
    refuseInputs(name, "dimension 1 does not hold one number for each label", `[samples, ${labels}, …]`, shape(preds));
  const least = labels > 1 ? 3 : 2;
  if (isSamplewise && preds.rank < least)
    refuseInputs(
      name,
      `multidimAverage "samplewise" needs dimensions to count over`,
      `${least} dimensions or more`,
      shape(preds),
    );
}

/** @throws MisconfigurationError where predictions are neither classes like the targets nor scores along dimension 1 */
export function checkScored(
  name: string,
  preds: tf.Tensor,
  target: tf.Tensor,
  classes: number | undefined,
  isSamplewise = false,
): void {
  requireTensors(name, preds, target);
  const both = `predictions ${shape(preds)} and targets ${shape(target)}`;
  if (preds.rank !== target.rank && preds.rank !== target.rank + 1)
    refuseInputs(
      name,
      "predictions do not belong to these targets",
      "predictions like the targets, or with scores of classes along dimension 1",
      both,
    );
  if (preds.rank === target.rank) requireClasses(name, preds, target);
  else checkScores(name, preds, target, classes);
  if (isSamplewise && target.rank < 2)
    refuseInputs(
      name,
      `multidimAverage "samplewise" needs dimensions to count over`,
      "targets with 2 dimensions or more",
      both,
    );
}

/** @throws MisconfigurationError where predictions have no score for each class along dimension 1 */
export function checkScores(name: string, preds: tf.Tensor, target: tf.Tensor, classes: number | undefined): void {
  requireTensors(name, preds, target);
  const [samples, scores, ...others] = preds.shape;
  const isLike =
    preds.rank === target.rank + 1 && [samples, ...others].every((length, i) => length === target.shape[i]);
  const both = `predictions ${shape(preds)} and targets ${shape(target)}`;
  if (!isLike)
    refuseInputs(name, "predictions do not belong to these targets", "[samples, classes, …] and [samples, …]", both);
  if (!areScores(preds)) refuseInputs(name, "scores have to be float32", "float32", preds.dtype);
  if (classes !== undefined && scores !== classes)
    refuseInputs(name, "dimension 1 does not hold one score for each class", `${classes} scores`, both);
}

/** Numbers between classes would be taken for the class below. */
function requireClasses(name: string, preds: tf.Tensor, target: tf.Tensor): void {
  requireSameShape(name, preds, target);
  if (areScores(preds))
    refuseInputs(
      name,
      "predictions of the targets' shape are classes",
      "int32 classes, or float32 scores with the classes along dimension 1",
      `float32 ${shape(preds)}`,
    );
}

function shape(x: tf.Tensor): string {
  return `[${x.shape.join(", ")}]`;
}

export function refuseInputs(name: string, why: string, expected: string, received: string): never {
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${name} cannot use these inputs: ${why}.`,
    expected,
    received,
  });
}
/** @throws MisconfigurationError where predictions are no scores, or targets no integers */
export function checkCurveTypes(name: string, preds: tf.Tensor, target: tf.Tensor): void {
  if (!areScores(preds)) refuseInputs(name, "it goes through thresholds of scores", "float32 predictions", preds.dtype);
  if (target.dtype === "float32") refuseInputs(name, "targets are classes", "int32 or bool targets", target.dtype);
}
