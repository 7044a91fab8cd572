import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { binary, cast, floatConstant, pad, range, reshape, slice } from "./emit.js";
import { pooledShape, type PoolGeometry } from "./pool-geometry.js";

/** Elements of a window up to which its offsets are gone through; each costs about ten operators. */
const MOST_OFFSETS = 128;

/** Whether `orderedPoolGradient` is not too long for these windows. */
export function hasFewOffsets({ kernel }: PoolGeometry): boolean {
  return elementCount(kernel) <= MOST_OFFSETS;
}

/**
 * The gradient of max pooling for windows of any kind, with elementwise operators alone: GPUs add up scattered updates
 * in no fixed order. Offset by offset, the elements of all windows are compared with their maxima; the first that is
 * equal takes the gradient of its window, and the offsets' gradients are added in their order.
 */
export function orderedPoolGradient(
  graph: GraphBuilder,
  geometry: PoolGeometry,
  { dy, x, y }: { readonly dy: GraphValue; readonly x: GraphValue; readonly y: GraphValue },
): GraphValue {
  const { inputShape, kernel, stride, dilation, before, outSpatial } = geometry;
  const axes = kernel.map((_, axis) => axis + 2);
  const size = kernel.map((length, axis) => {
    const reach = ((outSpatial[axis] ?? 1) - 1) * at(stride, axis) + (length - 1) * at(dilation, axis) + 1;
    return Math.max(reach, (inputShape[axis + 2] ?? 0) + (before[axis] ?? 0));
  });
  const behind = size.map((length, axis) => length - (inputShape[axis + 2] ?? 0) - (before[axis] ?? 0));
  // Nothing is equal to NaN: the border takes no gradient.
  const image = pad(graph, x, [0, 0, ...before], [0, 0, ...behind], Number.NaN);
  let taken: GraphValue | undefined;
  let sum: GraphValue | undefined;
  for (const offset of offsetsOf(kernel)) {
    const starts = offset.map((position, axis) => position * at(dilation, axis));
    const ends = starts.map((start, axis) => start + ((outSpatial[axis] ?? 1) - 1) * at(stride, axis) + 1);
    const part = slice(graph, image, { axes, starts, ends, steps: stride });
    const isLargest = cast(graph, graph.op("Equal", [part, y], { dtype: "bool", shape: y.shape }), "float32");
    const takes =
      taken === undefined
        ? isLargest
        : binary(graph, "Mul", isLargest, binary(graph, "Sub", floatConstant(graph, 1), taken));
    taken = taken === undefined ? takes : binary(graph, "Add", taken, takes);
    const own = placed(graph, geometry, binary(graph, "Mul", takes, dy), starts, size);
    sum = sum === undefined ? own : binary(graph, "Add", sum, own);
  }
  const inside = before.map((start, axis) => start + (inputShape[axis + 2] ?? 0));
  return sum === undefined ? x : slice(graph, sum, { axes, starts: before, ends: inside });
}

/** The windows' numbers where their elements are, and zeros between them and around. */
function placed(
  graph: GraphBuilder,
  geometry: PoolGeometry,
  value: GraphValue,
  starts: readonly number[],
  size: readonly number[],
): GraphValue {
  const { stride, outSpatial } = geometry;
  const [batch = 1, channels = 1] = pooledShape(geometry);
  const axes = outSpatial.map((_, axis) => axis + 2);
  const apart = reshape(graph, value, [batch, channels, ...outSpatial.flatMap((length) => [length, 1])]);
  const gaps = [0, 0, ...stride.flatMap((step) => [0, step - 1])];
  const spread = pad(
    graph,
    apart,
    gaps.map(() => 0),
    gaps,
  );
  const lengths = outSpatial.map((length, axis) => length * at(stride, axis));
  const rooms = size.map((length, axis) => length - (starts[axis] ?? 0));
  const cut = slice(graph, reshape(graph, spread, [batch, channels, ...lengths]), {
    axes,
    starts: axes.map(() => 0),
    ends: lengths.map((length, axis) => Math.min(length, rooms[axis] ?? length)),
  });
  const missing = rooms.map((room, axis) => Math.max(0, room - (lengths[axis] ?? 0)));
  return pad(graph, cut, [0, 0, ...starts], [0, 0, ...missing]);
}

function at(list: readonly number[], axis: number): number {
  return list[axis] ?? 1;
}

/** All places in a window, the last axis first. */
function offsetsOf(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (found, length) => found.flatMap((offset) => range(0, length).map((position) => [...offset, position])),
    [[]],
  );
}
