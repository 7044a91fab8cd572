import { tf } from "../tensor/tf.js";
import { decayed, runningMean, runningSquare } from "./directed-gradient.js";
import { listUpdate } from "./list-update.js";

/** torch.optim.RAdam's step over a list of parameters, as one kernel. */
export const radamUpdate = listUpdate(
  "lit.RadamUpdate",
  () => ["p", "g", "m", "v"],
  (of, attrs) => {
    const { beta1, beta2, eps, isRectified, rate } = attrs;
    const { parameter, gradient } = decayed(of, attrs);
    const mean = runningMean(of("m"), gradient, beta1);
    const square = runningSquare(of("v"), gradient, beta2);
    const direction = isRectified ? tf.div(mean, tf.add(tf.sqrt(square), eps)) : mean;
    return [tf.sub(parameter, tf.mul(direction, rate)), mean, square];
  },
);
