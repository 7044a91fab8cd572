import { add, divide, multiply, squareRoot, subtract } from "../../programs/formula.js";
import { MOMENT_NUMBERS, MOMENT_OPTIONS, moments } from "./adam-moments.js";
import { updateKernel } from "./update-kernel.js";

/** torch.optim.NAdam over a list of parameters. */
export const nadamUpdate = updateKernel({
  name: "lit.NadamUpdate",
  options: MOMENT_OPTIONS,
  lists: () => ["p", "g", "m", "v"],
  numbers: {
    ...MOMENT_NUMBERS,
    biasCorrection: (call) => call.number("biasCorrection2"),
    eps: (call) => call.number("eps"),
    gradientRate: (call) => call.number("gradientRate"),
    meanRate: (call) => call.number("meanRate"),
  },
  formula: ({ is, array, number }) => {
    const { start, grad, mean, square } = moments({ is, array, number });
    const root = add(squareRoot(divide(square, number("biasCorrection"))), number("eps"));
    const afterGradient = subtract(start, multiply(divide(grad, root), number("gradientRate")));
    return [subtract(afterGradient, multiply(divide(mean, root), number("meanRate"))), mean, square];
  },
});
