import { add, divide, multiply, squareRoot, subtract } from "../../programs/formula.js";
import { directedGradient, meanSquare } from "./directed-gradient.js";
import { updateKernel } from "./update-kernel.js";

/** torch.optim.Adadelta over a list of parameters. */
export const adadeltaUpdate = updateKernel({
  name: "lit.AdadeltaUpdate",
  options: { hasWeightDecay: (call) => call.number("weightDecay") !== 0, maximize: (call) => call.boolean("maximize") },
  lists: () => ["p", "g", "v", "d"],
  numbers: {
    rate: (call) => call.number("lr"),
    kept: (call) => call.number("rho"),
    share: (call) => 1 - call.number("rho"),
    eps: (call) => call.number("eps"),
    weightDecay: (call) => call.number("weightDecay"),
  },
  formula: ({ is, array, number }) => {
    const grad = directedGradient({ is, array, number });
    const square = meanSquare(array("v"), grad, number("kept"), number("share"));
    const root = squareRoot(add(square, number("eps")));
    const delta = multiply(divide(squareRoot(add(array("d"), number("eps"))), root), grad);
    const deltas = meanSquare(array("d"), delta, number("kept"), number("share"));
    return [subtract(array("p"), multiply(delta, number("rate"))), square, deltas];
  },
});
