import { add, divide, maximum, multiply, negate, squareRoot, subtract } from "../../programs/formula.js";
import { updateKernel } from "./update-kernel.js";

/**
 * torch.optim.Adam and AdamW over a list of parameters.
 * `lr / biasCorrection1 · m / (√v / √biasCorrection2 + eps)` is computed as `rate · m / (√v + eps · √biasCorrection2)`:
 * one pass less.
 */
export const adamUpdate = updateKernel({
  name: "lit.AdamUpdate",
  options: {
    amsgrad: (call) => call.boolean("amsgrad"),
    hasWeightDecay: (call) => call.number("weightDecay") !== 0,
    decoupled: (call) => call.boolean("decoupledWeightDecay"),
    maximize: (call) => call.boolean("maximize"),
  },
  lists: (is) => (is("amsgrad") ? ["p", "g", "m", "v", "x"] : ["p", "g", "m", "v"]),
  numbers: {
    meanShare: (call) => 1 - call.number("beta1"),
    squareKept: (call) => call.number("beta2"),
    squareShare: (call) => 1 - call.number("beta2"),
    rate: (call) => (call.number("lr") * Math.sqrt(call.number("biasCorrection2"))) / call.number("biasCorrection1"),
    eps: (call) => call.number("eps") * Math.sqrt(call.number("biasCorrection2")),
    decay: (call) =>
      call.boolean("decoupledWeightDecay")
        ? 1 - call.number("lr") * call.number("weightDecay")
        : call.number("weightDecay"),
  },
  formula: ({ is, array, number }) => {
    const directed = is("maximize") ? negate(array("g")) : array("g");
    const start = is("hasWeightDecay") && is("decoupled") ? multiply(array("p"), number("decay")) : array("p");
    const grad =
      is("hasWeightDecay") && !is("decoupled") ? add(directed, multiply(array("p"), number("decay"))) : directed;
    const mean = add(array("m"), multiply(subtract(grad, array("m")), number("meanShare")));
    // In PyTorch's order: the square alone would overflow at gradients of 2e19.
    const newSquare = multiply(multiply(grad, number("squareShare")), grad);
    const square = add(multiply(array("v"), number("squareKept")), newSquare);
    const largest = is("amsgrad") ? maximum(array("x"), square) : square;
    const updated = subtract(start, divide(multiply(mean, number("rate")), add(squareRoot(largest), number("eps"))));
    return is("amsgrad") ? [updated, mean, square, largest] : [updated, mean, square];
  },
});
