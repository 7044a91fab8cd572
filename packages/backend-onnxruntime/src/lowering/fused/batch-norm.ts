import { numberAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { axesBesideChannels, perChannel } from "./channel-axis.js";
import { binary, filled, floatConstant, isEmpty, reshape, zeros } from "./emit.js";
import { exactMean } from "../sums/exact-sum.js";
import type { FusedLowering } from "./fused-lowering.js";

/** Normalizes every channel over batch and space, with the batch's mean and (biased) variance. */
export const batchNorm: FusedLowering<"lit.BatchNorm"> = {
  name: "lit.BatchNorm",

  record(inputs, attrs) {
    const x = requiredInput("lit.BatchNorm", inputs, "x");
    const { weight, bias } = inputs;
    const channels = [x.shape[1] ?? 0];
    return {
      inputs: [x, ...(weight === undefined ? [] : [weight]), ...(bias === undefined ? [] : [bias])],
      outputs: [x.shape, channels, channels].map((shape) => ({ shape, dtype: "float32" as const })),
      attrs: { eps: numberAttribute(attrs, "eps"), hasWeight: weight !== undefined },
    };
  },

  lower(graph, [x, ...affine], attrs) {
    if (x === undefined) return [];
    const channels = x.shape[1] ?? 0;
    if (isEmpty(x)) return [zeros(graph, x.shape), zeros(graph, [channels]), zeros(graph, [channels])];
    const weight = attrs["hasWeight"] === true ? affine.shift() : undefined;
    const bias = affine.shift();
    const axes = axesBesideChannels(x.shape.length);
    const mean = exactMean(graph, x, axes, true);
    const centred = binary(graph, "Sub", x, perChannel(graph, mean, x));
    const variance = exactMean(graph, binary(graph, "Mul", centred, centred), axes, true);
    const deviation = graph.op("Sqrt", [
      binary(graph, "Add", variance, floatConstant(graph, numberAttribute(attrs, "eps"))),
    ]);
    const scale = weight ?? filled(graph, 1, [channels]);
    const slope = binary(graph, "Div", scale, reshape(graph, deviation, [channels]));
    const scaled = binary(graph, "Mul", centred, perChannel(graph, slope, x));
    const y = bias === undefined ? scaled : binary(graph, "Add", scaled, perChannel(graph, bias, x));
    return [y, reshape(graph, mean, [channels]), reshape(graph, variance, [channels])];
  },
};
