import { add, divide, multiply, squareRoot, subtract } from "../../programs/formula.js";
import { directedGradient, meanSquare } from "./directed-gradient.js";
import { updateKernel } from "./update-kernel.js";

/** torch.optim.RMSprop over a list of parameters. */
export const rmspropUpdate = updateKernel({
  name: "lit.RmspropUpdate",
  options: {
    hasMomentum: (call) => call.number("momentum") > 0,
    centered: (call) => call.boolean("centered"),
    hasWeightDecay: (call) => call.number("weightDecay") !== 0,
    maximize: (call) => call.boolean("maximize"),
  },
  lists: (is) => ["p", "g", "v", ...(is("hasMomentum") ? ["b"] : []), ...(is("centered") ? ["a"] : [])],
  numbers: {
    rate: (call) => call.number("lr"),
    kept: (call) => call.number("alpha"),
    share: (call) => 1 - call.number("alpha"),
    eps: (call) => call.number("eps"),
    momentum: (call) => call.number("momentum"),
    weightDecay: (call) => call.number("weightDecay"),
  },
  formula: ({ is, array, number }) => {
    const grad = directedGradient({ is, array, number });
    const square = meanSquare(array("v"), grad, number("kept"), number("share"));
    const mean = is("centered") ? add(array("a"), multiply(subtract(grad, array("a")), number("share"))) : undefined;
    const variance = mean === undefined ? square : subtract(square, multiply(mean, mean));
    const scaled = divide(grad, add(squareRoot(variance), number("eps")));
    const velocity = is("hasMomentum") ? add(multiply(array("b"), number("momentum")), scaled) : undefined;
    const updated = subtract(array("p"), multiply(velocity ?? scaled, number("rate")));
    return [updated, square, ...(velocity === undefined ? [] : [velocity]), ...(mean === undefined ? [] : [mean])];
  },
});
