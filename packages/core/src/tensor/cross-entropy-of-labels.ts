import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { customGradEngine } from "./engine-internals/kernels.js";
import { innermostScopeName } from "./engine-internals/scope-stack.js";

/**
 * Computes `tf.losses.softmaxCrossEntropy` from operations with derivatives of any order. tfjs brings one gradient of
 * its own, which takes the softmax for a constant in second derivatives, gives the labels the wrong sign and slope, and
 * counts on labels whose sum is 1.
 */
export function differentiateSoftmaxCrossEntropy(): void {
  const current = customGradEngine();
  const customGrad = current.customGrad.bind(current);
  current.customGrad = (f) => (innermostScopeName() === "softmaxCrossEntropy__op" ? ofLabels : customGrad(f));
}

/** labels and logits [..., classes] -> -Σ labels · log softmax(logits), [...] */
function ofLabels(...[labels, logits]: Tensor[]): Tensor {
  if (labels === undefined || logits === undefined) throw new RangeError("softmaxCrossEntropy takes labels and logits");
  return tf.neg(tf.sum(tf.mul(tf.logSoftmax(tf.cast(logits, "float32")), tf.cast(labels, "float32")), -1));
}
