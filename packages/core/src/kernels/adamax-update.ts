import { tf } from "../tensor/tf.js";
import { directedGradient, runningMean } from "./directed-gradient.js";
import { listUpdate } from "./list-update.js";

/** torch.optim.Adamax's step over a list of parameters, as one kernel. */
export const adamaxUpdate = listUpdate(
  "lit.AdamaxUpdate",
  () => ["p", "g", "m", "u"],
  (of, attrs) => {
    const gradient = directedGradient(of, attrs);
    const mean = runningMean(of("m"), gradient, attrs.beta1);
    const largest = tf.maximum(tf.mul(of("u"), attrs.beta2), tf.add(tf.abs(gradient), attrs.eps));
    return [tf.sub(of("p"), tf.mul(tf.div(mean, largest), attrs.rate)), mean, largest];
  },
);
