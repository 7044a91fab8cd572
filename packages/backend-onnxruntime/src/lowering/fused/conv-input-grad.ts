import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { numbersAttribute } from "../read-attributes.js";
import { FusedKernelError } from "../../errors/fused-kernel-error.js";
import { elementCount, isSameShape } from "../../graph/value-spec.js";
import { requiredInput } from "./call-inputs.js";
import { roundToCompute } from "./autocast.js";
import { blockedConvolution, canBlock, isOneRow, withRow } from "./blocked-convolution.js";
import { reversedBlockedWeight, reversedOffsets } from "./blocked-weight.js";
import {
  asImage,
  convGeometry,
  type ConvGeometry,
  convStructure,
  extent,
  leftover,
  onnxConvAttributes,
  outputShape,
} from "./conv-geometry.js";
import { hasOnePosition, inputGradOfOnePosition } from "./conv-of-one-position.js";
import { isEmpty, padTo, reshape, slice, transpose, zeros } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";
import { liveKernel, liveWeight } from "./live-kernel.js";
import { hasPhases, stridedInputGradient } from "./strided-input-grad.js";

/** Gradient of a convolution in its input; also the forward of a transposed convolution. */
export const convInputGrad: FusedLowering<"lit.ConvInputGrad"> = {
  name: "lit.ConvInputGrad",

  record(inputs, attrs) {
    const dy = requiredInput("lit.ConvInputGrad", inputs, "dy");
    const weight = requiredInput("lit.ConvInputGrad", inputs, "weight");
    const inputShape = numbersAttribute(attrs, "inputShape");
    const expected = outputShape(convGeometry("lit.ConvInputGrad", inputShape, weight.shape, attrs));
    // An output padding of a stride or more (dilated transposed convolutions) leaves a border that no window reaches.
    if (
      dy.shape.some((size, axis) => size > (expected[axis] ?? 0)) ||
      !isSameShape(dy.shape.slice(0, 2), expected.slice(0, 2))
    ) {
      throw new FusedKernelError(
        `lit.ConvInputGrad's dy does not fit the input's shape. Expected [${expected.join(", ")}]. Received [${dy.shape.join(", ")}].`,
      );
    }
    return {
      inputs: [dy, weight],
      outputs: [{ shape: inputShape, dtype: "float32" }],
      attrs: { ...convStructure(attrs), inputShape },
    };
  },

  lower(graph, [dy, weight], attrs) {
    if (dy === undefined || weight === undefined) return [];
    const inputShape = numbersAttribute(attrs, "inputShape");
    const geometry = {
      ...convGeometry("lit.ConvInputGrad", inputShape, weight.shape, attrs),
      outSpatial: dy.shape.slice(2),
    };
    if (isEmpty(dy) || isEmpty(weight) || inputShape.includes(0)) return [zeros(graph, inputShape)];
    const live = liveKernel(geometry);
    const operands = [roundToCompute(graph, dy), liveWeight(graph, roundToCompute(graph, weight), live)] as const;
    return [roundToCompute(graph, inputGradient(graph, live.geometry, operands, inputShape))];
  },
};

function inputGradient(
  graph: GraphBuilder,
  geometry: ConvGeometry,
  [dy, weight]: readonly [GraphValue, GraphValue],
  inputShape: readonly number[],
): GraphValue {
  if (hasOnePosition(geometry)) return inputGradOfOnePosition(graph, geometry, [dy, weight]);
  const reversed = reversedGeometry(geometry);
  const canConvolve =
    geometry.stride.every((stride) => stride === 1) &&
    [...reversed.before, ...reversed.after].every((zeroCount) => zeroCount >= 0);
  if (canConvolve && isOneRow(graph, reversed)) {
    const operands = [withRow(graph, dy), withRow(graph, weight)] as const;
    const shape = outputShape(asImage(reversed));
    return reshape(graph, inputGradient(graph, asImage(geometry), operands, shape), inputShape);
  }
  if (canConvolve && canBlock(graph, reversed))
    return blockedConvolution(graph, reversed, [dy, reversedBlockedWeight(graph, weight), undefined]);
  if (canConvolve && (geometry.groups > 1 || elementCount(geometry.kernel) === 1)) {
    const operands = [dy, reversedWeight(graph, geometry, weight)];
    return graph.op("Conv", operands, { shape: outputShape(reversed), attrs: onnxConvAttributes(reversed) });
  }
  if (hasPhases(graph, geometry)) return stridedInputGradient(graph, geometry, [dy, weight]);
  return transposedConvolution(graph, geometry, [dy, weight], inputShape);
}

/**
 * Input and output channels of each group change places, and every spatial dimension is reversed. [Co, Ci / groups,
 * ...kernel] -> [Ci, Co / groups, ...kernel]
 */
function reversedWeight(
  graph: GraphBuilder,
  { groups, inChannels, outChannels, kernel }: ConvGeometry,
  weight: GraphValue,
): GraphValue {
  const [inner, outer, offsets] = [inChannels / groups, outChannels / groups, elementCount(kernel)];
  const grouped = reshape(graph, reversedOffsets(graph, weight), [groups, outer, inner, offsets]);
  return reshape(graph, transpose(graph, grouped, [0, 2, 1, 3]), [inChannels, outer, ...kernel]);
}

/** The convolution of dy with the reversed weight that gives dx when every stride is 1. */
function reversedGeometry(geometry: ConvGeometry): ConvGeometry {
  const full = geometry.kernel.map((size, axis) => extent(size, geometry.dilation[axis]) - 1);
  const rest = leftover(geometry);
  return {
    ...geometry,
    inChannels: geometry.outChannels,
    outChannels: geometry.inChannels,
    before: full.map((size, axis) => size - (geometry.before[axis] ?? 0)),
    after: full.map((size, axis) => size - (geometry.after[axis] ?? 0) + (rest[axis] ?? 0)),
    inSpatial: geometry.outSpatial,
    outSpatial: geometry.inSpatial,
  };
}

/**
 * ConvTranspose without padding gives the gradient of the padded input as far as windows reach;
 * the padding is cut off and what no window reached is zero.
 */
function transposedConvolution(
  graph: GraphBuilder,
  geometry: ConvGeometry,
  operands: readonly GraphValue[],
  inputShape: readonly number[],
): GraphValue {
  const rest = leftover(geometry);
  const fits = rest.every((size, axis) => size >= 0 && size < (geometry.stride[axis] ?? 1));
  if (fits) {
    const attrs = { ...onnxConvAttributes(geometry), output_padding: rest };
    return graph.op("ConvTranspose", operands, { shape: inputShape, attrs });
  }
  const reached = geometry.outSpatial.map(
    (size, axis) => (size - 1) * (geometry.stride[axis] ?? 1) + extent(geometry.kernel[axis], geometry.dilation[axis]),
  );
  const full = graph.op("ConvTranspose", operands, {
    shape: [geometry.batch, geometry.inChannels, ...reached],
    attrs: { ...onnxConvAttributes(geometry), pads: [...geometry.before, ...geometry.after].map(() => 0) },
  });
  return cropAndFill(graph, full, geometry);
}

/** Cuts the padding off, and puts zeros where the image goes on behind what windows reached. */
function cropAndFill(graph: GraphBuilder, full: GraphValue, geometry: ConvGeometry): GraphValue {
  const axes = geometry.inSpatial.map((_, axis) => axis + 2);
  const ends = geometry.inSpatial.map((size, axis) =>
    Math.min(size + (geometry.before[axis] ?? 0), full.shape[axis + 2] ?? 0),
  );
  const cropped = slice(graph, full, { axes, starts: geometry.before, ends });
  return padTo(graph, cropped, [geometry.batch, geometry.inChannels, ...geometry.inSpatial]);
}
