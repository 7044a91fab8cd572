import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import type { ConvGeometry } from "./conv-geometry.js";
import { pad, reshape, slice, transpose } from "./emit.js";

/** The part of a kernel that meets the image at any position of the result. */
export interface LiveKernel {
  /** The convolution with that part alone; it gives the same result. */
  readonly geometry: ConvGeometry;
  /** Offsets in front of that part and behind it, for every spatial axis. */
  readonly deadBefore: readonly number[];
  readonly deadAfter: readonly number[];
}

/**
 * Leaves out what lies in the padding wherever the kernel is put: of a 3×3 kernel on an image of one pixel, as at the
 * end of a network for small images, eight of nine elements.
 */
export function liveKernel(geometry: ConvGeometry): LiveKernel {
  const ends = geometry.kernel.map((_, axis) => deadEnds(geometry, axis));
  const deadBefore = ends.map(({ before }) => before);
  const deadAfter = ends.map(({ after }) => after);
  const without = (padding: readonly number[], dead: readonly number[]) =>
    padding.map((zeroCount, axis) => zeroCount - (dead[axis] ?? 0) * (geometry.dilation[axis] ?? 1));
  return {
    geometry: {
      ...geometry,
      kernel: geometry.kernel.map((size, axis) => size - (deadBefore[axis] ?? 0) - (deadAfter[axis] ?? 0)),
      before: without(geometry.before, deadBefore),
      after: without(geometry.after, deadAfter),
    },
    deadBefore,
    deadAfter,
  };
}

/** Of a weight, what meets the image. */
export function liveWeight(graph: GraphBuilder, weight: GraphValue, { geometry, deadBefore }: LiveKernel): GraphValue {
  const { kernel } = geometry;
  const ends = kernel.map((size, axis) => size + (deadBefore[axis] ?? 0));
  return slice(graph, weight, { axes: kernel.map((_, axis) => axis + 2), starts: deadBefore, ends });
}

/**
 * A gradient of the live weight as one of the whole weight: zero where it meets padding alone. Offsets come first
 * meanwhile, so that whole planes of zeros are added and not single ones.
 */
export function wholeWeight(
  graph: GraphBuilder,
  live: GraphValue,
  { geometry, deadBefore, deadAfter }: LiveKernel,
): GraphValue {
  if ([...deadBefore, ...deadAfter].every((count) => count === 0)) return live;
  const [outChannels = 0, inChannels = 0] = live.shape;
  const pairs = outChannels * inChannels;
  const { kernel } = geometry;
  const offsetsFirst = transpose(graph, reshape(graph, live, [pairs, elementCount(kernel)]), [1, 0]);
  const padded = pad(graph, reshape(graph, offsetsFirst, [...kernel, pairs]), [...deadBefore, 0], [...deadAfter, 0]);
  const whole = padded.shape.slice(0, -1);
  const rows = transpose(graph, reshape(graph, padded, [elementCount(whole), pairs]), [1, 0]);
  return reshape(graph, rows, [outChannels, inChannels, ...whole]);
}

/** At least one offset is left, and no more padding is taken away than there is. */
function deadEnds(geometry: ConvGeometry, axis: number): { readonly before: number; readonly after: number } {
  const of = (sizes: readonly number[]) => sizes[axis] ?? 1;
  const [size, dilation, padBefore, padAfter] = [
    of(geometry.kernel),
    of(geometry.dilation),
    of(geometry.before),
    of(geometry.after),
  ];
  const lastStart = (of(geometry.outSpatial) - 1) * of(geometry.stride);
  const missBefore = Math.min(Math.ceil((padBefore - lastStart) / dilation), Math.floor(padBefore / dilation));
  const before = Math.max(0, Math.min(missBefore, size - 1));
  const missAfter = Math.min(
    size - Math.ceil((of(geometry.inSpatial) + padBefore) / dilation),
    Math.floor(padAfter / dilation),
  );
  return { before, after: Math.max(0, Math.min(missAfter, size - 1 - before)) };
}
