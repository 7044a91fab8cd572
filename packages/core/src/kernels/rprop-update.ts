import { tf } from "../tensor/tf.js";
import { listUpdate } from "./list-update.js";

/** torch.optim.Rprop's step over a list of parameters, as one kernel. */
export const rpropUpdate = listUpdate(
  "lit.RpropUpdate",
  () => ["p", "g", "r", "s"],
  (of, { etaMinus, etaPlus, stepSizeMin, stepSizeMax, maximize }) => {
    const gradient = maximize ? tf.neg(of("g")) : of("g");
    const agreement = tf.mul(gradient, of("r"));
    const hasTurned = tf.less(agreement, 0);
    // Adding 1 to an agreement of 0 keeps one of NaN.
    const same = tf.where(hasTurned, tf.fill(agreement.shape, etaMinus), tf.add(agreement, 1));
    const factor = tf.where(tf.greater(agreement, 0), tf.fill(agreement.shape, etaPlus), same);
    const size = tf.minimum(tf.maximum(tf.mul(of("s"), factor), stepSizeMin), stepSizeMax);
    const kept = tf.where(hasTurned, tf.zerosLike(gradient), gradient);
    return [tf.sub(of("p"), tf.mul(tf.sign(kept), size)), kept, size];
  },
);
