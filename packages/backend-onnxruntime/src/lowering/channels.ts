import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import { range, transpose } from "./fused/emit.js";

/** [N, ..., C] as [N, C, ...]. */
export function toChannelsFirst(graph: GraphBuilder, x: GraphValue): GraphValue {
  const rank = x.shape.length;
  return transpose(graph, x, [0, rank - 1, ...range(1, rank - 1)]);
}

/** [N, C, ...] as [N, ..., C]. */
export function toChannelsLast(graph: GraphBuilder, x: GraphValue): GraphValue {
  return transpose(graph, x, [0, ...range(2, x.shape.length), 1]);
}

/** tfjs' filter [...k, in, out] as a weight [out, in, ...k]. */
export function filterToWeight(graph: GraphBuilder, filter: GraphValue): GraphValue {
  const rank = filter.shape.length;
  return transpose(graph, filter, [rank - 1, rank - 2, ...range(0, rank - 2)]);
}

/** The inverse of `filterToWeight`. */
export function weightToFilter(graph: GraphBuilder, weight: GraphValue): GraphValue {
  return transpose(graph, weight, [...range(2, weight.shape.length), 1, 0]);
}

/** The part of a recording's attributes that says where the channels of its images are: second, or last. */
interface ChannelOrder {
  readonly isChannelsLast?: unknown;
}

/** An image in the order that was recorded, as [N, C, ...]. */
export function inChannelsFirst(graph: GraphBuilder, image: GraphValue, attrs: ChannelOrder): GraphValue {
  return attrs.isChannelsLast === true ? toChannelsFirst(graph, image) : image;
}

/** An image [N, C, ...] in the order that was recorded. */
export function inRecordedOrder(graph: GraphBuilder, image: GraphValue, attrs: ChannelOrder): GraphValue {
  return attrs.isChannelsLast === true ? toChannelsLast(graph, image) : image;
}

/** The shape that `inChannelsFirst` gives an image of this shape. */
export function channelsFirstShape(shape: readonly number[], attrs: ChannelOrder): readonly number[] {
  return attrs.isChannelsLast === true ? [shape[0] ?? 1, shape.at(-1) ?? 1, ...shape.slice(1, -1)] : shape;
}
