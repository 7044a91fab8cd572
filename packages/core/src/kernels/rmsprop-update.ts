import { tf } from "../tensor/tf.js";
import { directedGradient, runningMean, runningSquare } from "./directed-gradient.js";
import { listUpdate } from "./list-update.js";

/** torch.optim.RMSprop's step over a list of parameters, as one kernel. */
export const rmspropUpdate = listUpdate(
  "lit.RmspropUpdate",
  ({ momentum, centered }) => ["p", "g", "v", ...(momentum > 0 ? ["b"] : []), ...(centered ? ["a"] : [])],
  (of, attrs) => {
    const { lr, alpha, eps, momentum, centered } = attrs;
    const gradient = directedGradient(of, attrs);
    const square = runningSquare(of("v"), gradient, alpha);
    const mean = centered ? runningMean(of("a"), gradient, alpha) : undefined;
    const variance = mean === undefined ? square : tf.sub(square, tf.square(mean));
    const scaled = tf.div(gradient, tf.add(tf.sqrt(variance), eps));
    const velocity = momentum > 0 ? tf.add(tf.mul(of("b"), momentum), scaled) : undefined;
    const parameter = tf.sub(of("p"), tf.mul(velocity ?? scaled, lr));
    return [parameter, square, ...(velocity === undefined ? [] : [velocity]), ...(mean === undefined ? [] : [mean])];
  },
);
