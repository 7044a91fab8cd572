import { add, multiply, subtract } from "../../programs/formula.js";
import { directedGradient } from "./directed-gradient.js";
import { updateKernel } from "./update-kernel.js";

/** torch.optim.SGD over a list of parameters. */
export const sgdUpdate = updateKernel({
  name: "lit.SgdUpdate",
  options: {
    hasMomentum: (call) => call.number("momentum") !== 0,
    hasWeightDecay: (call) => call.number("weightDecay") !== 0,
    nesterov: (call) => call.boolean("nesterov"),
    maximize: (call) => call.boolean("maximize"),
    /** There is no velocity yet: it becomes the gradient. */
    isFirstStep: (call) => call.number("momentum") !== 0 && call.boolean("isFirstStep"),
  },
  lists: (is) => (is("hasMomentum") && !is("isFirstStep") ? ["p", "g", "b"] : ["p", "g"]),
  numbers: {
    rate: (call) => call.number("lr"),
    momentum: (call) => call.number("momentum"),
    undamped: (call) => 1 - call.number("dampening"),
    weightDecay: (call) => call.number("weightDecay"),
  },
  formula: ({ is, array, number }) => {
    const grad = directedGradient({ is, array, number });
    const isMoving = is("hasMomentum") && !is("isFirstStep");
    const velocity = isMoving
      ? add(multiply(array("b"), number("momentum")), multiply(grad, number("undamped")))
      : grad;
    const direction =
      is("hasMomentum") && is("nesterov") ? add(grad, multiply(velocity, number("momentum"))) : velocity;
    const updated = subtract(array("p"), multiply(direction, number("rate")));
    return is("hasMomentum") ? [updated, velocity] : [updated];
  },
});
