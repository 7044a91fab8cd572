import { add, divide, multiply, squareRoot, subtract } from "../../programs/formula.js";
import { MOMENT_NUMBERS, MOMENT_OPTIONS, moments } from "./adam-moments.js";
import { updateKernel } from "./update-kernel.js";

/** torch.optim.RAdam over a list of parameters. */
export const radamUpdate = updateKernel({
  name: "lit.RadamUpdate",
  options: { isRectified: (call) => call.boolean("isRectified"), ...MOMENT_OPTIONS },
  lists: () => ["p", "g", "m", "v"],
  numbers: { ...MOMENT_NUMBERS, rate: (call) => call.number("rate"), eps: (call) => call.number("eps") },
  formula: ({ is, array, number }) => {
    const { start, mean, square } = moments({ is, array, number });
    const step = multiply(mean, number("rate"));
    const adapted = is("isRectified") ? divide(step, add(squareRoot(square), number("eps"))) : step;
    return [subtract(start, adapted), mean, square];
  },
});
