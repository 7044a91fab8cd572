import { tf } from "../tensor/tf.js";
import { directedGradient } from "./directed-gradient.js";
import { listUpdate } from "./list-update.js";

/** torch.optim.Adagrad's step over a list of parameters, as one kernel. */
export const adagradUpdate = listUpdate(
  "lit.AdagradUpdate",
  () => ["p", "g", "s"],
  (of, attrs) => {
    const gradient = directedGradient(of, attrs);
    const sum = tf.add(of("s"), tf.square(gradient));
    return [tf.sub(of("p"), tf.mul(tf.div(gradient, tf.add(tf.sqrt(sum), attrs.eps)), attrs.rate)), sum];
  },
);
