import { tf } from "../tensor/tf.js";
import { directedGradient, runningSquare } from "./directed-gradient.js";
import { listUpdate } from "./list-update.js";

/** torch.optim.Adadelta's step over a list of parameters, as one kernel. */
export const adadeltaUpdate = listUpdate(
  "lit.AdadeltaUpdate",
  () => ["p", "g", "v", "d"],
  (of, attrs) => {
    const { lr, rho, eps } = attrs;
    const gradient = directedGradient(of, attrs);
    const square = runningSquare(of("v"), gradient, rho);
    const ratio = tf.div(tf.sqrt(tf.add(of("d"), eps)), tf.sqrt(tf.add(square, eps)));
    const delta = tf.mul(ratio, gradient);
    return [tf.sub(of("p"), tf.mul(delta, lr)), square, runningSquare(of("d"), delta, rho)];
  },
);
