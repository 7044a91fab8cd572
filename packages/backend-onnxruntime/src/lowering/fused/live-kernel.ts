import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { areWholeBlocks, intoBlocks, outOfBlocks } from "./channel-blocks.js";
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
export function liveWeight(graph: GraphBuilder, weight: GraphValue, live: LiveKernel): GraphValue {
  const { kernel } = live.geometry;
  if (isWhole(live)) return weight;
  const starts = live.deadBefore;
  const ends = kernel.map((size, axis) => size + (starts[axis] ?? 0));
  if (canMoveInBlocks(graph, weight)) {
    const blocks = kernelBlocks(graph, weight);
    return fromKernelBlocks(graph, slice(graph, blocks, { axes: axesOf(kernel, 1), starts, ends }), weight);
  }
  return slice(graph, weight, { axes: axesOf(kernel, 2), starts, ends });
}

/** A gradient of the live weight as one of the whole weight: zero where it meets padding alone. */
export function wholeWeight(graph: GraphBuilder, gradient: GraphValue, live: LiveKernel): GraphValue {
  if (isWhole(live)) return gradient;
  const { deadBefore, deadAfter } = live;
  if (canMoveInBlocks(graph, gradient)) {
    const blocks = kernelBlocks(graph, gradient);
    return fromKernelBlocks(graph, pad(graph, blocks, [0, ...deadBefore, 0], [0, ...deadAfter, 0]), gradient);
  }
  return paddedPlanes(graph, gradient, live);
}

/** Offsets come first meanwhile, so that whole planes of zeros are added and not single ones. */
function paddedPlanes(
  graph: GraphBuilder,
  gradient: GraphValue,
  { geometry, deadBefore, deadAfter }: LiveKernel,
): GraphValue {
  const [outChannels = 0, inChannels = 0] = gradient.shape;
  const pairs = outChannels * inChannels;
  const { kernel } = geometry;
  const offsetsFirst = transpose(graph, reshape(graph, gradient, [pairs, elementCount(kernel)]), [1, 0]);
  const padded = pad(graph, reshape(graph, offsetsFirst, [...kernel, pairs]), [...deadBefore, 0], [...deadAfter, 0]);
  const whole = padded.shape.slice(0, -1);
  const rows = transpose(graph, reshape(graph, padded, [elementCount(whole), pairs]), [1, 0]);
  return reshape(graph, rows, [outChannels, inChannels, ...whole]);
}

function isWhole({ deadBefore, deadAfter }: LiveKernel): boolean {
  return [...deadBefore, ...deadAfter].every((count) => count === 0);
}

/** Axes of a kernel, the first of which is `first`. */
function axesOf(kernel: readonly number[], first: number): number[] {
  return kernel.map((_, axis) => axis + first);
}

/**
 * Whether elements of kernels are moved for a block of channels at a time: that takes half as long as one by one, and a
 * quarter where threads are far from each other, since reordering into blocks uses all of them.
 */
function canMoveInBlocks(graph: GraphBuilder, { shape: [, channels = 0] }: GraphValue): boolean {
  return areWholeBlocks(graph, channels);
}

/** [Co, Ci, ...kernel] -> [Co · Ci / b, ...kernel, b] */
function kernelBlocks(graph: GraphBuilder, weight: GraphValue): GraphValue {
  const block = graph.blockedChannels ?? 1;
  const [outChannels = 0, inChannels = 0, ...kernel] = weight.shape;
  const offsets = elementCount(kernel);
  const shape = [(outChannels * inChannels) / block, ...kernel, block];
  if (offsets === 1) return reshape(graph, weight, shape);
  const images = reshape(graph, weight, [outChannels, inChannels, offsets, 1]);
  return reshape(graph, intoBlocks(graph, images), shape);
}

/** The opposite of `kernelBlocks`, for a weight with as many channels as `like`. */
function fromKernelBlocks(graph: GraphBuilder, blocks: GraphValue, like: GraphValue): GraphValue {
  const [outChannels = 0, inChannels = 0] = like.shape;
  const kernel = blocks.shape.slice(1, -1);
  const offsets = elementCount(kernel);
  const shape = [outChannels, inChannels, ...kernel];
  if (offsets === 1) return reshape(graph, blocks, shape);
  return reshape(graph, outOfBlocks(graph, reshape(graph, blocks, [outChannels, inChannels, offsets, 1])), shape);
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
