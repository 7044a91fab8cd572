import { add, divide, multiply, negate, squareRoot, subtract } from "../../programs/formula.js";
import { meanSquare } from "./directed-gradient.js";
import { updateKernel } from "./update-kernel.js";

/** torch.optim.NAdam over a list of parameters. */
export const nadamUpdate = updateKernel({
  name: "lit.NadamUpdate",
  options: {
    hasWeightDecay: (call) => call.number("weightDecay") !== 0,
    decoupled: (call) => call.boolean("decoupledWeightDecay"),
    maximize: (call) => call.boolean("maximize"),
  },
  lists: () => ["p", "g", "m", "v"],
  numbers: {
    meanShare: (call) => 1 - call.number("beta1"),
    squareKept: (call) => call.number("beta2"),
    squareShare: (call) => 1 - call.number("beta2"),
    biasCorrection: (call) => call.number("biasCorrection2"),
    eps: (call) => call.number("eps"),
    gradientRate: (call) => call.number("gradientRate"),
    meanRate: (call) => call.number("meanRate"),
    decay: (call) =>
      call.boolean("decoupledWeightDecay")
        ? 1 - call.number("lr") * call.number("weightDecay")
        : call.number("weightDecay"),
  },
  formula: ({ is, array, number }) => {
    const directed = is("maximize") ? negate(array("g")) : array("g");
    const decays = is("hasWeightDecay");
    const start = decays && is("decoupled") ? multiply(array("p"), number("decay")) : array("p");
    const grad = decays && !is("decoupled") ? add(directed, multiply(array("p"), number("decay"))) : directed;
    const mean = add(array("m"), multiply(subtract(grad, array("m")), number("meanShare")));
    const square = meanSquare(array("v"), grad, number("squareKept"), number("squareShare"));
    const root = add(squareRoot(divide(square, number("biasCorrection"))), number("eps"));
    const afterGradient = subtract(start, multiply(divide(grad, root), number("gradientRate")));
    return [subtract(afterGradient, multiply(divide(mean, root), number("meanRate"))), mean, square];
  },
});
