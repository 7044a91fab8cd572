import { add, divide, multiply, negate, squareRoot, subtract } from "../../programs/formula.js";
import { meanSquare } from "./directed-gradient.js";
import { updateKernel } from "./update-kernel.js";

/** torch.optim.RAdam over a list of parameters. */
export const radamUpdate = updateKernel({
  name: "lit.RadamUpdate",
  options: {
    isRectified: (call) => call.boolean("isRectified"),
    hasWeightDecay: (call) => call.number("weightDecay") !== 0,
    decoupled: (call) => call.boolean("decoupledWeightDecay"),
    maximize: (call) => call.boolean("maximize"),
  },
  lists: () => ["p", "g", "m", "v"],
  numbers: {
    meanShare: (call) => 1 - call.number("beta1"),
    squareKept: (call) => call.number("beta2"),
    squareShare: (call) => 1 - call.number("beta2"),
    rate: (call) => call.number("rate"),
    eps: (call) => call.number("eps"),
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
    const step = multiply(mean, number("rate"));
    const adapted = is("isRectified") ? divide(step, add(squareRoot(square), number("eps"))) : step;
    return [subtract(start, adapted), mean, square];
  },
});
