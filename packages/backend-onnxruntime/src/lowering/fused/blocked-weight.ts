import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { intoBlocks } from "./channel-blocks.js";
import { axesConstant, range, reshape, transpose } from "./emit.js";

/**
 * [Co, Ci, kh, kw] with the elements in the order [Co / b, Ci / b, kh, kw, b of Ci, b of Co]; [C, 1, kh, kw], of a
 * depthwise convolution, in the order [C / b, kh, kw, b of C].
 *
 * The operator that brings channels of images into blocks does it in two steps, on all threads and in a fifth of the
 * time of a transpose over six axes: first with Co as images, then with everything behind Co as positions.
 */
export function blockedWeight(graph: GraphBuilder, weight: GraphValue): GraphValue {
  const block = graph.blockedChannels ?? 1;
  const [outChannels = 0, ...others] = weight.shape;
  if (others[0] === 1) return blockedDepthwiseWeight(graph, weight);
  const inner = reshape(graph, intoBlocks(graph, weight), [1, outChannels, elementCount(others) / block, block]);
  return reshape(graph, intoBlocks(graph, inner), weight.shape);
}

/** Elements of a kernel, in the order in which another kernel of that shape has them. */
export interface KernelPart {
  readonly kernel: readonly number[];
  readonly offsets: readonly number[];
}

/**
 * The same for the convolution that gives the gradient in the input: input and output channels change places, and
 * every spatial dimension is reversed. [Co, Ci, kh, kw] -> [Ci, Co, kh, kw] in the order [Ci / b, Co / b, kh, kw, b of
 * Co, b of Ci].
 */
export function reversedBlockedWeight(graph: GraphBuilder, weight: GraphValue): GraphValue {
  const kernel = weight.shape.slice(2);
  const offsets = range(0, elementCount(kernel)).toReversed();
  return reversedBlockedWeights(graph, weight, [{ kernel, offsets }])[0] ?? weight;
}

/** Such weights of parts of the kernel, whose offsets are reversed already. */
export function reversedBlockedWeights(
  graph: GraphBuilder,
  weight: GraphValue,
  parts: readonly KernelPart[],
): GraphValue[] {
  const block = graph.blockedChannels ?? 1;
  const [outChannels = 0, inChannels = 0, ...kernel] = weight.shape;
  const count = elementCount(kernel);
  if (inChannels === 1)
    return parts.map(({ kernel: size, offsets }) => {
      const rows = taken(graph, reshape(graph, weight, [outChannels, count]), offsets);
      return blockedDepthwiseWeight(graph, reshape(graph, rows, [outChannels, 1, ...size]));
    });
  const [outBlocks, inBlocks] = [outChannels / block, inChannels / block];
  const inner = reshape(graph, intoBlocks(graph, weight), [outBlocks, block, inBlocks, count, block]);
  const swapped = reshape(graph, transpose(graph, inner, [2, 0, 3, 1, 4]), [
    inBlocks * outBlocks,
    count,
    block * block,
  ]);
  return parts.map(({ kernel: size, offsets }) =>
    reshape(graph, taken(graph, swapped, offsets), [inChannels, outChannels, ...size]),
  );
}

/** Of the second axis, these positions in this order. */
function taken(graph: GraphBuilder, value: GraphValue, positions: readonly number[]): GraphValue {
  if (positions.length === 1 && value.shape[1] === 1) return value;
  const shape = value.shape.with(1, positions.length);
  return graph.op("Gather", [value, axesConstant(graph, positions)], { shape, attrs: { axis: 1 } });
}

/** Channels as those of one image. */
function blockedDepthwiseWeight(graph: GraphBuilder, weight: GraphValue): GraphValue {
  const [channels = 0, , ...kernel] = weight.shape;
  return reshape(graph, intoBlocks(graph, reshape(graph, weight, [1, channels, ...kernel])), weight.shape);
}

/** [A, B, ...kernel] with every spatial dimension reversed. */
export function reversedOffsets(graph: GraphBuilder, weight: GraphValue): GraphValue {
  const [outChannels = 0, inChannels = 0, ...kernel] = weight.shape;
  const offsets = elementCount(kernel);
  if (offsets === 1) return weight;
  const rows = reshape(graph, weight, [outChannels * inChannels, offsets]);
  const backwards = axesConstant(graph, range(0, offsets).toReversed());
  const result = graph.op("Gather", [rows, backwards], { shape: rows.shape, attrs: { axis: 1 } });
  return reshape(graph, result, weight.shape);
}
