import { compositeGradients } from "../autograd/composite-gradients.js";
import { tf } from "../tensor/tf.js";
import { firstOf, requested, type FusedKernel } from "./fused-kernel.js";
import { oneHotRows } from "./one-hot-rows.js";
import { runFusedSingle } from "./run-fused.js";

export const crossEntropy: FusedKernel<"lit.CrossEntropy"> = {
  name: "lit.CrossEntropy",
  composite: ({ logits, target }, { reduction, ignoreIndex, labelSmoothing }) => {
    const classes = logits.shape[1] ?? 1;
    const logProbs = tf.logSoftmax(logits);
    const isCounted = tf.notEqual(target, tf.scalar(ignoreIndex, "int32"));
    const oneHot = oneHotRows(tf.mul(target, tf.cast(isCounted, "int32")), classes);
    const goal = labelSmoothing === 0 ? oneHot : tf.add(tf.mul(oneHot, 1 - labelSmoothing), labelSmoothing / classes);
    // A class of probability 0 is masked instead of multiplied by 0: -Infinity · 0 and NaN · 0 are not 0.
    const perRow = tf.neg(tf.sum(tf.where(tf.equal(goal, 0), tf.zerosLike(goal), tf.mul(logProbs, goal)), 1));
    const losses = tf.where(isCounted, perRow, tf.zerosLike(perRow));
    if (reduction === "none") return [losses, logProbs];
    const total = tf.sum(losses);
    return [reduction === "sum" ? total : tf.div(total, tf.sum(tf.cast(isCounted, "float32"))), logProbs];
  },
  gradient: {
    holds: ["logits", "target"],
    holdsOutputs: () => [1],
    isDifferentiable: false,
    compute: ({ dy: dloss, inputs: { target }, outputs, attrs }) => ({
      logits: () => runFusedSingle(crossEntropyGrad, { dloss, logProbs: firstOf(outputs.slice(1)), target }, attrs),
    }),
  },
};

export const crossEntropyGrad: FusedKernel<"lit.CrossEntropyGrad"> = {
  name: "lit.CrossEntropyGrad",
  // Softmax of log-probabilities is softmax of the logits, and so are the gradients.
  composite: ({ dloss, logProbs, target }, attrs) =>
    requested(
      compositeGradients(() => crossEntropy.composite({ logits: logProbs, target }, attrs), { logits: logProbs }, [
        dloss,
      ]),
    ),
};
