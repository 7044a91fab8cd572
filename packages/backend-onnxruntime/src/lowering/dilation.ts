import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import { Elementwise } from "./elementwise.js";
import { pad, range, reshape, slice } from "./fused/emit.js";

/** Windows of a grey-scale dilation over [N, H, W, C], as they are recorded. */
export interface DilationWindows {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: readonly (readonly number[])[];
  /** [N, H', W', C]. */
  readonly outShape: readonly number[];
}

/** What padding counts as: less than any value, and finite, so that adding a filter keeps it so. */
const OUTSIDE = -9007199254740991;

/** For every place of the filter: the image shifted there plus the filter's value. Their maximum is the dilation. */
export function candidates(
  graph: GraphBuilder,
  x: GraphValue,
  filter: GraphValue,
  windows: DilationWindows,
): GraphValue[] {
  const e = new Elementwise(graph);
  const padded = padSpace(graph, x, windows.padding, OUTSIDE);
  const channels = filter.shape[2] ?? 1;
  return places(windows).map(([row, column]) => {
    const starts = [row * (windows.dilation[0] ?? 1), column * (windows.dilation[1] ?? 1)];
    const ends = starts.map((start, i) => start + ((windows.outShape[i + 1] ?? 1) - 1) * (windows.stride[i] ?? 1) + 1);
    const shifted = slice(graph, padded, { axes: [1, 2], starts, ends, steps: windows.stride });
    const weight = slice(graph, filter, { axes: [0, 1], starts: [row, column], ends: [row + 1, column + 1] });
    return e.add(shifted, reshape(graph, weight, [channels]));
  });
}

export function largest(graph: GraphBuilder, values: readonly GraphValue[]): GraphValue {
  return graph.op("Max", values);
}

/** For every place of the filter: the gradient of the windows whose first largest candidate is there. */
export function sharesOf(graph: GraphBuilder, values: readonly GraphValue[], dy: GraphValue): GraphValue[] {
  const e = new Elementwise(graph);
  const best = largest(graph, values);
  let isFree: GraphValue | undefined;
  return values.map((value) => {
    const isBest = e.equal(value, best);
    const isChosen = isFree === undefined ? isBest : e.and(isBest, isFree);
    isFree = isFree === undefined ? e.not(isBest) : e.and(isFree, e.not(isBest));
    return e.where(isChosen, dy, 0);
  });
}

/** Adds up the shares where the windows took them from the image. */
export function gatherShares(
  graph: GraphBuilder,
  shares: readonly GraphValue[],
  inputShape: readonly number[],
  windows: DilationWindows,
): GraphValue {
  const paddedShape = inputShape.map(
    (extent, axis) =>
      extent +
      (axis === 1 || axis === 2 ? (windows.padding[axis - 1] ?? []).reduce((sum, count) => sum + count, 0) : 0),
  );
  const spread = places(windows).map(([row, column], i) =>
    spreadShare(
      graph,
      shares[i],
      [row * (windows.dilation[0] ?? 1), column * (windows.dilation[1] ?? 1)],
      paddedShape,
      windows,
    ),
  );
  const sum = spread.reduce((total, value) => graph.op("Add", [total, value]));
  const starts = windows.padding.map(([before = 0]) => before);
  return slice(graph, sum, { axes: [1, 2], starts, ends: starts.map((start, i) => start + (inputShape[i + 1] ?? 1)) });
}

/** Puts zeros between the windows' shares and moves them to where the windows look. */
function spreadShare(
  graph: GraphBuilder,
  share: GraphValue | undefined,
  offset: readonly number[],
  paddedShape: readonly number[],
  { stride, outShape }: DilationWindows,
): GraphValue {
  if (share === undefined) throw new RangeError("A place of the filter has no share.");
  const [batch = 1, height = 1, width = 1, channels = 1] = outShape;
  const [down = 1, right = 1] = stride;
  const cells = reshape(graph, share, [batch, height, 1, width, 1, channels]);
  const apart = pad(graph, cells, [0, 0, 0, 0, 0, 0], [0, 0, down - 1, 0, right - 1, 0]);
  const flat = reshape(graph, apart, [batch, height * down, width * right, channels]);
  const kept = slice(graph, flat, {
    axes: [1, 2],
    starts: [0, 0],
    ends: [(height - 1) * down + 1, (width - 1) * right + 1],
  });
  const before = [0, offset[0] ?? 0, offset[1] ?? 0, 0];
  return pad(
    graph,
    kept,
    before,
    kept.shape.map((extent, axis) => (paddedShape[axis] ?? extent) - extent - (before[axis] ?? 0)),
  );
}

function padSpace(graph: GraphBuilder, x: GraphValue, padding: DilationWindows["padding"], value: number): GraphValue {
  return pad(
    graph,
    x,
    [0, padding[0]?.[0] ?? 0, padding[1]?.[0] ?? 0, 0],
    [0, padding[0]?.[1] ?? 0, padding[1]?.[1] ?? 0, 0],
    value,
  );
}

function places({ kernel }: DilationWindows): [number, number][] {
  const [height = 1, width = 1] = kernel;
  return range(0, height * width).map((i) => [Math.floor(i / width), i % width]);
}
