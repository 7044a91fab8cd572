import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { requiredInput } from "./call-inputs.js";
import { roundToCompute } from "./autocast.js";
import { blockedConvolution, canBlock, isOneRow, withRow } from "./blocked-convolution.js";
import { blockedWeight } from "./blocked-weight.js";
import {
  asImage,
  convGeometry,
  type ConvGeometry,
  convStructure,
  onnxConvAttributes,
  outputShape,
} from "./conv-geometry.js";
import { convOfOnePosition, hasOnePosition } from "./conv-of-one-position.js";
import { binary, isEmpty, reshape, zeros } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";
import { liveKernel, liveWeight } from "./live-kernel.js";

/** Cross-correlation in one, two or three dimensions, with stride, padding, dilation and groups. */
export const conv: FusedLowering<"lit.Conv"> = {
  name: "lit.Conv",

  record(inputs, attrs) {
    const x = requiredInput("lit.Conv", inputs, "x");
    const weight = requiredInput("lit.Conv", inputs, "weight");
    const bias = inputs["bias"];
    return {
      inputs: bias === undefined ? [x, weight] : [x, weight, bias],
      outputs: [{ shape: outputShape(convGeometry("lit.Conv", x.shape, weight.shape, attrs)), dtype: "float32" }],
      attrs: convStructure(attrs),
    };
  },

  lower(graph, [x, weight, bias], attrs) {
    if (x === undefined || weight === undefined) return [];
    const geometry = convGeometry("lit.Conv", x.shape, weight.shape, attrs);
    if (isEmpty(x) || isEmpty(weight) || elementCount(outputShape(geometry)) === 0)
      return [withoutInput(graph, geometry, bias)];
    const operands = [
      roundToCompute(graph, x),
      roundToCompute(graph, weight),
      bias && roundToCompute(graph, bias),
    ] as const;
    return [roundToCompute(graph, convolution(graph, geometry, operands))];
  },
};

/** The fastest of ONNX Runtime's convolutions for these shapes, or a product. */
export function convolution(
  graph: GraphBuilder,
  whole: ConvGeometry,
  [x, wholeWeight, bias]: readonly [GraphValue, GraphValue, GraphValue | undefined],
): GraphValue {
  const live = liveKernel(whole);
  const { geometry } = live;
  const weight = liveWeight(graph, wholeWeight, live);
  if (hasOnePosition(geometry)) return convOfOnePosition(graph, geometry, [x, weight, bias]);
  if (isOneRow(graph, geometry)) {
    const y = convolution(graph, asImage(geometry), [withRow(graph, x), withRow(graph, weight), bias]);
    return reshape(graph, y, outputShape(geometry));
  }
  if (canBlock(graph, geometry)) return blockedConvolution(graph, geometry, [x, blockedWeight(graph, weight), bias]);
  return graph.op("Conv", [x, weight, bias], { shape: outputShape(geometry), attrs: onnxConvAttributes(geometry) });
}

function withoutInput(graph: GraphBuilder, geometry: ConvGeometry, bias: GraphValue | undefined): GraphValue {
  const zero = zeros(graph, outputShape(geometry));
  if (bias === undefined) return zero;
  return binary(graph, "Add", zero, reshape(graph, bias, [geometry.outChannels, ...geometry.kernel.map(() => 1)]));
}
