import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import { axesConstant, range, slice } from "./fused/emit.js";

/** How many elements at the beginning of each spatial dimension no window sees. */
interface Cropping {
  readonly crop?: unknown;
}

/** A shape [N, C, ...space] without the elements that no window sees. */
export function cropped(shape: readonly number[], attrs: Cropping): number[] {
  const crop = cropOf(attrs);
  return shape.map((length, axis) => length - (crop[axis - 2] ?? 0));
}

/** An image [N, C, ...space] without them. */
export function cropSpace(graph: GraphBuilder, image: GraphValue, attrs: Cropping): GraphValue {
  const crop = cropOf(attrs);
  if (crop.every((count) => count === 0)) return image;
  return slice(graph, image, { axes: range(2, image.shape.length), starts: crop, ends: image.shape.slice(2) });
}

/** The gradient of `cropSpace`: zeros where nothing was seen. */
export function uncropSpace(graph: GraphBuilder, image: GraphValue, attrs: Cropping): GraphValue {
  const crop = cropOf(attrs);
  if (crop.every((count) => count === 0)) return image;
  const shape = image.shape.map((length, axis) => length + (crop[axis - 2] ?? 0));
  const pads = axesConstant(graph, [0, 0, ...crop, ...image.shape.map(() => 0)]);
  return graph.op("Pad", [image, pads, graph.constant(0, image.dtype)], { shape });
}

function cropOf({ crop }: Cropping): number[] {
  return Array.isArray(crop) ? crop.map(Number) : [];
}
