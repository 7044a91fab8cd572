import { tf } from "../tensor/tf.js";
import { directedGradient, runningMean } from "./directed-gradient.js";
import { listUpdate } from "./list-update.js";

/** torch.optim.ASGD's step over a list of parameters, as one kernel. */
export const asgdUpdate = listUpdate(
  "lit.AsgdUpdate",
  ({ mu }) => (mu === 1 ? ["p", "g"] : ["p", "g", "a"]),
  (of, attrs) => {
    const { eta, lambd, mu } = attrs;
    const step = tf.mul(directedGradient(of, attrs), eta);
    const parameter = tf.sub(tf.mul(of("p"), 1 - lambd * eta), step);
    return [parameter, mu === 1 ? tf.clone(parameter) : runningMean(of("a"), parameter, 1 - mu)];
  },
);
