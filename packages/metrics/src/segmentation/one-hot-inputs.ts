import { MisconfigurationError, tf } from "@lightning-ts/core";
import { requireSameShape } from "../base/check-shapes.js";
import type { ClassRange } from "../classification/class-range.js";

/** What predictions and targets are: both 0 and 1 for each class, both class numbers, or one of each. */
export type SegmentationFormat = "one-hot" | "index" | "mixed";

export interface SegmentationRules {
  readonly name: string;
  readonly numClasses: number;
  readonly includeBackground: boolean;
  readonly inputFormat: SegmentationFormat;
}

/** Predictions and targets as 0 and 1, float32: [samples, classes, points]; and the class numbers among them. */
export interface OneHotInputs {
  /** With the background. */
  readonly numClasses: number;
  readonly preds: tf.Tensor;
  readonly target: tf.Tensor;
  readonly indexed: { readonly preds: tf.Tensor | undefined; readonly target: tf.Tensor | undefined };
}

/** @throws MisconfigurationError where the inputs are not what `inputFormat` says */
export function oneHotInputs(preds: tf.Tensor, target: tf.Tensor, rules: SegmentationRules): OneHotInputs {
  const { inputFormat, includeBackground } = rules;
  if (inputFormat === "mixed") requireMixed(preds, target, rules);
  else requireSameShape(rules.name, preds, target);
  const isIndex = (own: tf.Tensor, other: tf.Tensor) =>
    inputFormat === "index" || (inputFormat === "mixed" && own.rank < other.rank);
  const indices = { preds: isIndex(preds, target), target: isIndex(target, preds) };
  const sides = [hotFrom(preds, indices.preds, rules), hotFrom(target, indices.target, rules)].map((hot) =>
    includeBackground || rules.numClasses === 1 ? hot : tf.slice(hot, [0, 1, 0]),
  );
  const [hotPreds = preds, hotTarget = target] = sides;
  return {
    numClasses: rules.numClasses,
    preds: hotPreds,
    target: hotTarget,
    indexed: { preds: indices.preds ? preds : undefined, target: indices.target ? target : undefined },
  };
}

/** Remembers which class numbers were among the inputs. */
export function watchIndexed(range: ClassRange, { indexed: { preds, target } }: OneHotInputs): void {
  const watched = target ?? preds;
  if (watched !== undefined) range.watch(watched, target && preds, undefined);
}

function hotFrom(x: tf.Tensor, isIndex: boolean, { name, numClasses }: SegmentationRules): tf.Tensor {
  if (isIndex) {
    if (x.dtype === "float32" || x.rank < 2)
      throw refused(name, "class numbers have to be integers", "int32 of shape [samples, …]", x);
    const rows = tf.reshape(tf.cast(x, "int32"), [x.shape[0] ?? 0, -1]);
    return tf.transpose(tf.oneHot(tf.cast(rows, "int32"), numClasses, 1, 0, "float32"), [0, 2, 1]);
  }
  if (x.rank < 3 || x.shape[1] !== numClasses)
    throw refused(name, "dimension 1 does not hold one number for each class", `[samples, ${numClasses}, …]`, x);
  const flat = tf.reshape(x, [x.shape[0] ?? 0, numClasses, -1]);
  if (x.dtype !== "float32") return tf.cast(flat, "float32");
  const best = tf.cast(tf.argMax(flat, 1), "int32");
  return tf.transpose(tf.oneHot(best, numClasses, 1, 0, "float32"), [0, 2, 1]);
}

function requireMixed(preds: tf.Tensor, target: tf.Tensor, { name }: SegmentationRules): void {
  const [longer, shorter] = preds.rank > target.rank ? [preds, target] : [target, preds];
  const [samples, , ...points] = longer.shape;
  if (longer.rank === shorter.rank + 1 && [samples, ...points].every((length, i) => length === shorter.shape[i]))
    return;
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${name} cannot use these inputs with inputFormat "mixed": they do not belong together.`,
    expected: "one of shape [samples, classes, …], the other of shape [samples, …]",
    received: `predictions [${preds.shape.join(", ")}] and targets [${target.shape.join(", ")}]`,
  });
}

function refused(name: string, why: string, expected: string, x: tf.Tensor): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${name} cannot use these inputs: ${why}.`,
    expected,
    received: `${x.dtype} [${x.shape.join(", ")}]`,
    tryThis: 'inputFormat: "one-hot", "index" or "mixed".',
  });
}
