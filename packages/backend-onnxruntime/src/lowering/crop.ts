import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import { pad, range, slice } from "./fused/emit.js";

/** The part of a recording's attributes that says what no window sees. */
interface Cropping {
  /** How many elements are cut off at the beginning of each spatial dimension. */
  readonly crop?: unknown;
}

/** A shape [N, C, ...space] without the elements that no window sees. */
export function cropped(shape: readonly number[], attrs: Cropping): number[] {
  const crop = cropOf(attrs);
  return shape.map((length, axis) => length - (crop[axis - 2] ?? 0));
}

/** An image [N, C, ...space] without the elements that no window sees. */
export function cropSpace(graph: GraphBuilder, image: GraphValue, attrs: Cropping): GraphValue {
  const crop = cropOf(attrs);
  if (crop.every((count) => count === 0)) return image;
  return slice(graph, image, { axes: range(2, image.shape.length), starts: crop, ends: image.shape.slice(2) });
}

/** Gives `image` the size it had before `cropSpace`, with zeros in the place of what was cut off: its gradient. */
export function uncropSpace(graph: GraphBuilder, image: GraphValue, attrs: Cropping): GraphValue {
  return pad(
    graph,
    image,
    [0, 0, ...cropOf(attrs)],
    image.shape.map(() => 0),
  );
}

function cropOf({ crop }: Cropping): number[] {
  return Array.isArray(crop) ? crop.map(Number) : [];
}
