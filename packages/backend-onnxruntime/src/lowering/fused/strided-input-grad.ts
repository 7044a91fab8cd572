import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { canBlock, convolutionOfBlocks } from "./blocked-convolution.js";
import { reversedBlockedWeights } from "./blocked-weight.js";
import { intoBlocks, outOfBlocks } from "./channel-blocks.js";
import type { ConvGeometry } from "./conv-geometry.js";
import { concat, range, reshape } from "./emit.js";

/** Of one axis, the positions `first`, `first + stride`, … of the input. */
interface Phase {
  /** The positions of the kernel that meet them, backwards. */
  readonly offsets: readonly number[];
  /** Zeros around dy. */
  readonly before: number;
  readonly after: number;
}

/** Whether `stridedInputGradient` gives the gradient in the input: every phase is a convolution of dy, in blocks. */
export function hasPhases(graph: GraphBuilder, geometry: ConvGeometry): boolean {
  const { stride, dilation, inSpatial } = geometry;
  return (
    canBlock(graph, geometry) &&
    stride.some((step) => step > 1) &&
    dilation.every((step) => step === 1) &&
    inSpatial.every((size, axis) => size % (stride[axis] ?? 1) === 0) &&
    range(0, 2).every((axis) =>
      phasesOf(geometry, axis).every(({ offsets, before, after }) => offsets.length > 0 && before >= 0 && after >= 0),
    )
  );
}

/**
 * The gradient of a strided convolution in its input, phase by phase: positions of the input that are a stride apart
 * meet the same elements of the kernel, so theirs is a convolution of dy with these, without stride. The phases are
 * put between each other while channels are in blocks. It takes a quarter to four fifths of the time of
 * `ConvTranspose`, which makes a product for each image and adds up what overlaps.
 */
export function stridedInputGradient(
  graph: GraphBuilder,
  geometry: ConvGeometry,
  [dy, weight]: readonly [GraphValue, GraphValue],
): GraphValue {
  const { batch, inChannels, kernel, stride, inSpatial } = geometry;
  const block = graph.blockedChannels ?? 1;
  const size = (axis: number): number => (inSpatial[axis] ?? 0) / (stride[axis] ?? 1);
  const [rows, columns] = [phasesOf(geometry, 0), phasesOf(geometry, 1)];
  const pairs = rows.flatMap((row) => columns.map((column) => [row, column] as const));
  const weights = reversedBlockedWeights(
    graph,
    weight,
    pairs.map(([row, column]) => ({
      kernel: [row.offsets.length, column.offsets.length],
      offsets: row.offsets.flatMap((first) => column.offsets.map((second) => first * (kernel[1] ?? 1) + second)),
    })),
  );
  const blocks = intoBlocks(graph, dy);
  const images = pairs.map(([row, column], index) => {
    const phase = phaseGeometry(geometry, [row, column], [size(0), size(1)]);
    const image = convolutionOfBlocks(graph, phase, [blocks, weights[index]]);
    return reshape(graph, image, [(batch * inChannels * size(0)) / block, size(1), block]);
  });
  const lines = rows.map((_, index) => {
    const line = concat(graph, images.slice(index * columns.length, (index + 1) * columns.length), 2);
    return reshape(graph, line, [line.shape[0] ?? 0, (inSpatial[1] ?? 0) * block]);
  });
  const whole = reshape(graph, concat(graph, lines, 1), [batch, inChannels, ...inSpatial]);
  return outOfBlocks(graph, whole);
}

/** The phases of an axis, in the order of the input's positions. */
function phasesOf(geometry: ConvGeometry, axis: number): Phase[] {
  const of = (values: readonly number[]): number => values[axis] ?? 0;
  const [stride, kernel, padding] = [of(geometry.stride), of(geometry.kernel), of(geometry.before)];
  return range(0, stride).map((first) => {
    const offsets = range(0, kernel).filter((offset) => offset % stride === (first + padding) % stride);
    // The first position of the phase meets dy there with the first of the offsets.
    const start = Math.floor((first + padding) / stride);
    return {
      offsets: offsets.toReversed(),
      before: offsets.length - 1 - start,
      after: of(geometry.inSpatial) / stride + start - of(geometry.outSpatial),
    };
  });
}

/** The convolution of dy that gives a phase of dx. */
function phaseGeometry(
  { batch, inChannels, outChannels, groups, outSpatial }: ConvGeometry,
  phases: readonly Phase[],
  size: readonly number[],
): ConvGeometry {
  return {
    batch,
    groups,
    inChannels: outChannels,
    outChannels: inChannels,
    kernel: phases.map(({ offsets }) => offsets.length),
    stride: [1, 1],
    dilation: [1, 1],
    before: phases.map(({ before }) => before),
    after: phases.map(({ after }) => after),
    inSpatial: outSpatial,
    outSpatial: size,
  };
}
