import { elementCount } from "../../graph/value-spec.js";
import { numberAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { axesBesideChannels, perChannel } from "./channel-axis.js";
import { binary, floatConstant, isEmpty, zeros } from "./emit.js";
import { exactSum } from "../sums/exact-sum.js";
import type { FusedLowering } from "./fused-lowering.js";

/** dbias = Σ dy; dweight = Σ dy·x̂; dx = w·invStd · (dy - (dbias + x̂·dweight) / count). */
export const batchNormGrad: FusedLowering<"lit.BatchNormGrad"> = {
  name: "lit.BatchNormGrad",

  record(inputs, attrs) {
    const [dy, x, mean, variance] = (["dy", "x", "mean", "variance"] as const).map((name) =>
      requiredInput("lit.BatchNormGrad", inputs, name),
    );
    if (dy === undefined || x === undefined || mean === undefined || variance === undefined) return null;
    const weight = inputs["weight"];
    return {
      inputs: [dy, x, mean, variance, ...(weight === undefined ? [] : [weight])],
      outputs: [x.shape, mean.shape, mean.shape].map((shape) => ({ shape, dtype: "float32" as const })),
      attrs: { eps: numberAttribute(attrs, "eps") },
    };
  },

  lower(graph, [dy, x, mean, variance, weight], attrs) {
    if (dy === undefined || x === undefined || mean === undefined || variance === undefined) return [];
    const channels = x.shape[1] ?? 0;
    if (isEmpty(x)) return [zeros(graph, x.shape), zeros(graph, [channels]), zeros(graph, [channels])];
    const axes = axesBesideChannels(x.shape.length);
    const deviation = graph.op("Sqrt", [
      binary(graph, "Add", variance, floatConstant(graph, numberAttribute(attrs, "eps"))),
    ]);
    const invStd = graph.op("Reciprocal", [deviation]);
    const centred = binary(graph, "Sub", x, perChannel(graph, mean, x));
    const dbias = exactSum(graph, dy, axes);
    const dweight = binary(graph, "Mul", exactSum(graph, binary(graph, "Mul", dy, centred), axes), invStd);
    // dx = slope·dy - pull·(x - mean) - shift, with one number of each for every channel.
    const slope = weight === undefined ? invStd : binary(graph, "Mul", weight, invStd);
    const share = binary(graph, "Mul", slope, floatConstant(graph, channels / elementCount(x.shape)));
    const pull = binary(graph, "Mul", share, binary(graph, "Mul", dweight, invStd));
    const shift = binary(graph, "Mul", share, dbias);
    const straight = binary(
      graph,
      "Sub",
      binary(graph, "Mul", dy, perChannel(graph, slope, x)),
      binary(graph, "Mul", centred, perChannel(graph, pull, x)),
    );
    return [binary(graph, "Sub", straight, perChannel(graph, shift, x)), dweight, dbias];
  },
};
