import { tf } from "../tensor/tf.js";
import { decayed, runningMean, runningSquare } from "./directed-gradient.js";
import { listUpdate } from "./list-update.js";

/** torch.optim.NAdam's step over a list of parameters, as one kernel. */
export const nadamUpdate = listUpdate(
  "lit.NadamUpdate",
  () => ["p", "g", "m", "v"],
  (of, attrs) => {
    const { beta1, beta2, eps, biasCorrection2, gradientRate, meanRate } = attrs;
    const { parameter, gradient } = decayed(of, attrs);
    const mean = runningMean(of("m"), gradient, beta1);
    const square = runningSquare(of("v"), gradient, beta2);
    const root = tf.add(tf.sqrt(tf.div(square, biasCorrection2)), eps);
    const step = tf.add(tf.mul(tf.div(gradient, root), gradientRate), tf.mul(tf.div(mean, root), meanRate));
    return [tf.sub(parameter, step), mean, square];
  },
);
