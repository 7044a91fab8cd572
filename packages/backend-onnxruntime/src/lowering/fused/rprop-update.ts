import { add, maximum, minimum, multiply, negate, select, subtract } from "../../programs/formula.js";
import { updateKernel } from "./update-kernel.js";

/**
 * torch.optim.Rprop over a list of parameters. Where neither a number nor its opposite is positive, the number itself
 * goes on: it is 0, or NaN, which must not be lost.
 */
export const rpropUpdate = updateKernel({
  name: "lit.RpropUpdate",
  options: { maximize: (call) => call.boolean("maximize") },
  lists: () => ["p", "g", "r", "s"],
  numbers: {
    zero: () => 0,
    one: () => 1,
    shrink: (call) => call.number("etaMinus"),
    grow: (call) => call.number("etaPlus"),
    smallest: (call) => call.number("stepSizeMin"),
    largest: (call) => call.number("stepSizeMax"),
  },
  formula: ({ is, array, number }) => {
    const grad = is("maximize") ? negate(array("g")) : array("g");
    const agreement = multiply(grad, array("r"));
    const turned = negate(agreement);
    const factor = select(agreement, number("grow"), select(turned, number("shrink"), add(agreement, number("one"))));
    const size = minimum(maximum(multiply(array("s"), factor), number("smallest")), number("largest"));
    const kept = select(turned, number("zero"), grad);
    const move = select(kept, size, select(negate(kept), negate(size), kept));
    return [subtract(array("p"), move), kept, size];
  },
});
