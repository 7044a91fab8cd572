import { add, multiply, subtract } from "../../programs/formula.js";
import { directedGradient } from "./directed-gradient.js";
import { updateKernel } from "./update-kernel.js";

/** torch.optim.ASGD over a list of parameters. */
export const asgdUpdate = updateKernel({
  name: "lit.AsgdUpdate",
  options: {
    isCopied: (call) => call.number("mu") === 1,
    hasWeightDecay: (call) => call.number("weightDecay") !== 0,
    maximize: (call) => call.boolean("maximize"),
  },
  lists: (is) => (is("isCopied") ? ["p", "g"] : ["p", "g", "a"]),
  numbers: {
    rate: (call) => call.number("eta"),
    decay: (call) => 1 - call.number("lambd") * call.number("eta"),
    share: (call) => call.number("mu"),
    weightDecay: (call) => call.number("weightDecay"),
  },
  formula: ({ is, array, number }) => {
    const grad = directedGradient({ is, array, number });
    const updated = subtract(multiply(array("p"), number("decay")), multiply(grad, number("rate")));
    const average = is("isCopied")
      ? updated
      : add(array("a"), multiply(subtract(updated, array("a")), number("share")));
    return [updated, average];
  },
});
