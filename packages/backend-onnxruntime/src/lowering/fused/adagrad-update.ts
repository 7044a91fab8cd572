import { add, divide, multiply, squareRoot, subtract } from "../../programs/formula.js";
import { directedGradient } from "./directed-gradient.js";
import { updateKernel } from "./update-kernel.js";

/** torch.optim.Adagrad over a list of parameters. */
export const adagradUpdate = updateKernel({
  name: "lit.AdagradUpdate",
  options: { hasWeightDecay: (call) => call.number("weightDecay") !== 0, maximize: (call) => call.boolean("maximize") },
  lists: () => ["p", "g", "s"],
  numbers: {
    rate: (call) => call.number("rate"),
    eps: (call) => call.number("eps"),
    weightDecay: (call) => call.number("weightDecay"),
  },
  formula: ({ is, array, number }) => {
    const grad = directedGradient({ is, array, number });
    const sum = add(array("s"), multiply(grad, grad));
    const scaled = divide(grad, add(squareRoot(sum), number("eps")));
    return [subtract(array("p"), multiply(scaled, number("rate"))), sum];
  },
});
