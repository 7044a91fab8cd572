import { add, divide, maximum, multiply, squareRoot, subtract } from "../../programs/formula.js";
import { MOMENT_NUMBERS, MOMENT_OPTIONS, moments } from "./adam-moments.js";
import { updateKernel } from "./update-kernel.js";

/**
 * torch.optim.Adam and AdamW over a list of parameters.
 * `lr / biasCorrection1 · m / (√v / √biasCorrection2 + eps)` is computed as `rate · m / (√v + eps · √biasCorrection2)`:
 * one pass less.
 */
export const adamUpdate = updateKernel({
  name: "lit.AdamUpdate",
  options: { amsgrad: (call) => call.boolean("amsgrad"), ...MOMENT_OPTIONS },
  lists: (is) => (is("amsgrad") ? ["p", "g", "m", "v", "x"] : ["p", "g", "m", "v"]),
  numbers: {
    ...MOMENT_NUMBERS,
    rate: (call) => (call.number("lr") * Math.sqrt(call.number("biasCorrection2"))) / call.number("biasCorrection1"),
    eps: (call) => call.number("eps") * Math.sqrt(call.number("biasCorrection2")),
  },
  formula: ({ is, array, number }) => {
    const { start, mean, square } = moments({ is, array, number });
    const largest = is("amsgrad") ? maximum(array("x"), square) : square;
    const updated = subtract(start, divide(multiply(mean, number("rate")), add(squareRoot(largest), number("eps"))));
    return is("amsgrad") ? [updated, mean, square, largest] : [updated, mean, square];
  },
});
