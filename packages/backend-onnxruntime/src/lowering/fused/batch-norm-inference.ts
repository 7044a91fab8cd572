import { numberAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { filled, isEmpty, zeros } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";

/** Batch normalization in evaluation mode: the statistics are inputs. */
export const batchNormInference: FusedLowering<"lit.BatchNormInference"> = {
  name: "lit.BatchNormInference",

  record(inputs, attrs) {
    const [x, mean, variance] = (["x", "mean", "variance"] as const).map((name) =>
      requiredInput("lit.BatchNormInference", inputs, name),
    );
    if (x === undefined || mean === undefined || variance === undefined) return null;
    const { weight, bias } = inputs;
    return {
      inputs: [x, mean, variance, ...(weight === undefined ? [] : [weight]), ...(bias === undefined ? [] : [bias])],
      outputs: [{ shape: x.shape, dtype: "float32" }],
      attrs: { eps: numberAttribute(attrs, "eps"), hasWeight: weight !== undefined },
    };
  },

  lower(graph, [x, mean, variance, ...affine], attrs) {
    if (x === undefined || mean === undefined || variance === undefined) return [];
    if (isEmpty(x)) return [zeros(graph, x.shape)];
    const channels = x.shape[1] ?? 0;
    const weight = (attrs["hasWeight"] === true ? affine.shift() : undefined) ?? filled(graph, 1, [channels]);
    const bias = affine.shift() ?? zeros(graph, [channels]);
    return [
      graph.op("BatchNormalization", [x, weight, bias, mean, variance], {
        attrs: { epsilon: { float: numberAttribute(attrs, "eps") } },
      }),
    ];
  },
};
