import { absolute, add, divide, maximum, multiply, subtract } from "../../programs/formula.js";
import { directedGradient } from "./directed-gradient.js";
import { updateKernel } from "./update-kernel.js";

/** torch.optim.Adamax over a list of parameters. */
export const adamaxUpdate = updateKernel({
  name: "lit.AdamaxUpdate",
  options: { hasWeightDecay: (call) => call.number("weightDecay") !== 0, maximize: (call) => call.boolean("maximize") },
  lists: () => ["p", "g", "m", "u"],
  numbers: {
    meanShare: (call) => 1 - call.number("beta1"),
    kept: (call) => call.number("beta2"),
    rate: (call) => call.number("rate"),
    eps: (call) => call.number("eps"),
    weightDecay: (call) => call.number("weightDecay"),
  },
  formula: ({ is, array, number }) => {
    const grad = directedGradient({ is, array, number });
    const mean = add(array("m"), multiply(subtract(grad, array("m")), number("meanShare")));
    const largest = maximum(multiply(array("u"), number("kept")), add(absolute(grad), number("eps")));
    return [subtract(array("p"), multiply(divide(mean, largest), number("rate"))), mean, largest];
  },
});
