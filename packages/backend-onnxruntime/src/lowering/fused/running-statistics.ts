import { numberAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { binary } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";

const NAMES = ["runningMean", "runningVariance", "mean", "variance"] as const;

/** Running statistics with a batch's in them. Momentum and correction are numbers of a step: both may change. */
export const runningStatistics: FusedLowering<"lit.RunningStatistics"> = {
  name: "lit.RunningStatistics",

  record(inputs, attrs) {
    const given = NAMES.map((name) => requiredInput("lit.RunningStatistics", inputs, name));
    const momentum = numberAttribute(attrs, "momentum");
    return {
      inputs: given,
      outputs: given.slice(0, 2).map(({ shape }) => ({ shape, dtype: "float32" })),
      scalars: [1 - momentum, momentum, numberAttribute(attrs, "correction")],
    };
  },

  lower(graph, [runningMean, runningVariance, mean, variance], _attrs, [kept, share, correction]) {
    if (runningMean === undefined || runningVariance === undefined || mean === undefined || variance === undefined)
      return [];
    if (kept === undefined || share === undefined || correction === undefined) return [];
    const unbiased = binary(graph, "Mul", variance, correction);
    const pairs = [
      [runningMean, mean],
      [runningVariance, unbiased],
    ] as const;
    return pairs.map(([old, now]) =>
      binary(graph, "Add", binary(graph, "Mul", old, kept), binary(graph, "Mul", now, share)),
    );
  },
};
