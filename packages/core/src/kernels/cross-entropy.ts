import { compositeGradients } from "../autograd/composite-gradients.js";
import { tf } from "../tensor/tf.js";
import { requested } from "./composite-gradient.js";
import type { FusedKernel } from "./fused-kernel.js";
import { firstOf } from "./first-of.js";
import { runFusedSingle } from "./run-fused.js";

export const crossEntropy: FusedKernel<"lit.CrossEntropy"> = {
  name: "lit.CrossEntropy",
  composite: ({ logits, target }, { reduction, ignoreIndex, labelSmoothing }) => {
    const classes = logits.shape[1] ?? 1;
    const logProbs = tf.logSoftmax(logits);
    const counted = tf.cast(tf.notEqual(target, tf.scalar(ignoreIndex, "int32")), "float32");
    const oneHot = tf.cast(tf.oneHot(tf.cast(tf.mul(target, tf.cast(counted, "int32")), "int32"), classes), "float32");
    const goal = labelSmoothing === 0 ? oneHot : tf.add(tf.mul(oneHot, 1 - labelSmoothing), labelSmoothing / classes);
    // A row that counts for nothing is masked before it is summed: -Infinity · 0 is not 0.
    const losses = tf.mul(tf.neg(tf.sum(tf.where(tf.equal(goal, 0), tf.zerosLike(goal), tf.mul(logProbs, goal)), 1)), counted);
    if (reduction === "none") return [losses, logProbs];
    const total = tf.sum(losses);
    return [reduction === "sum" ? total : tf.div(total, tf.sum(counted)), logProbs];
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
  composite: ({ dloss, logProbs, target }, attrs) => requested(compositeGradients(() => crossEntropy.composite({ logits: logProbs, target }, attrs), { logits: logProbs }, [dloss])),
};
