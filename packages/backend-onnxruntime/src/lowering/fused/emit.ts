import type { GraphBuilder, GraphValue, NodeRequest } from "../../contract/graph-builder.js";
import type { GraphDtype } from "../../contract/graph-dtype.js";
import { isSameShape } from "../../graph/value-spec.js";
import { elementTypeCode } from "../../onnx-model/element-type.js";

export function isEmpty(value: GraphValue): boolean {
  return value.shape.includes(0);
}

/** The numbers `start, start + 1, …, end - 1`. */
export function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
}

/** `graph.node` for nodes all of whose outputs are wanted. */
export function emitAll(graph: GraphBuilder, request: NodeRequest): GraphValue[] {
  return graph.node(request).filter((value) => value !== undefined);
}

export function floatConstant(graph: GraphBuilder, value: number): GraphValue {
  return graph.constant(value, "float32", []);
}

export function axesConstant(graph: GraphBuilder, axes: readonly number[]): GraphValue {
  return graph.constant(axes, "int64", [axes.length]);
}

export function reshape(graph: GraphBuilder, value: GraphValue, shape: readonly number[]): GraphValue {
  if (isSameShape(value.shape, shape)) return value;
  return graph.op("Reshape", [value, axesConstant(graph, shape)], { shape, attrs: { allowzero: 1 } });
}

export function transpose(graph: GraphBuilder, value: GraphValue, perm: readonly number[]): GraphValue {
  if (perm.every((axis, index) => axis === index)) return value;
  return graph.op("Transpose", [value], { shape: perm.map((axis) => value.shape[axis] ?? 1), attrs: { perm } });
}

/** The parts, of which there is at least one, one behind the other along an axis. */
export function concat(graph: GraphBuilder, parts: readonly GraphValue[], axis: number): GraphValue {
  const [first, ...others] = parts;
  if (first === undefined) throw new RangeError("There is at least one part.");
  if (others.length === 0) return first;
  const length = parts.reduce((sum, part) => sum + (part.shape[axis] ?? 0), 0);
  return graph.op("Concat", parts, { shape: first.shape.with(axis, length), attrs: { axis } });
}

/** Parts of these lengths along an axis, one behind the other. @default the first axis */
export function split(graph: GraphBuilder, value: GraphValue, lengths: readonly number[], axis = 0): GraphValue[] {
  if (lengths.length === 1) return [value];
  return emitAll(graph, {
    type: "Split",
    inputs: [value, axesConstant(graph, lengths)],
    attrs: { axis },
    outputs: lengths.map((length) => ({ dtype: value.dtype, shape: value.shape.with(axis, length) })),
  });
}

export function reducedShape(shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] {
  return keepDims
    ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.includes(axis));
}

/** A float32 tensor of zeros that takes no room in the model. */
export function zeros(graph: GraphBuilder, shape: readonly number[]): GraphValue {
  return graph.op("ConstantOfShape", [axesConstant(graph, shape)], { dtype: "float32", shape });
}

/** A float32 tensor of one number. */
export function filled(graph: GraphBuilder, value: number, shape: readonly number[]): GraphValue {
  return graph.op("Expand", [floatConstant(graph, value), axesConstant(graph, shape)], { shape });
}

export function cast(graph: GraphBuilder, value: GraphValue, dtype: GraphDtype): GraphValue {
  return value.dtype === dtype ? value : graph.op("Cast", [value], { dtype, attrs: { to: elementTypeCode(dtype) } });
}

/** An elementwise operation on two values whose shapes broadcast. */
export function binary(
  graph: GraphBuilder,
  type: "Add" | "Sub" | "Mul" | "Div" | "Pow" | "Max" | "Min",
  a: GraphValue,
  b: GraphValue,
): GraphValue {
  return graph.op(type, [a, b], { dtype: a.dtype, shape: broadcastShape(a.shape, b.shape) });
}

function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return range(0, rank).map((index) => {
    const left = a[index - rank + a.length] ?? 1;
    const right = b[index - rank + b.length] ?? 1;
    return left === 1 ? right : left;
  });
}

export interface SliceBounds {
  readonly axes: readonly number[];
  readonly starts: readonly number[];
  /** Exclusive. */
  readonly ends: readonly number[];
  /** @default all 1 */
  readonly steps?: readonly number[];
}

/** A strided window with positive steps. */
export function slice(graph: GraphBuilder, value: GraphValue, bounds: SliceBounds): GraphValue {
  const { axes, starts, ends } = bounds;
  const steps = bounds.steps ?? axes.map(() => 1);
  const shape = [...value.shape];
  axes.forEach((axis, index) => {
    shape[axis] = Math.max(0, Math.ceil(((ends[index] ?? 0) - (starts[index] ?? 0)) / (steps[index] ?? 1)));
  });
  if (isSameShape(shape, value.shape) && steps.every((step) => step === 1)) return value;
  const inputs = [
    value,
    axesConstant(graph, starts),
    axesConstant(graph, ends),
    axesConstant(graph, axes),
    axesConstant(graph, steps),
  ];
  return graph.op("Slice", inputs, { shape });
}

/**
 * Puts `fill` before and behind the elements of every axis; a negative number of places cuts elements off instead.
 * @param before,after one number for each axis
 */
export function pad(
  graph: GraphBuilder,
  value: GraphValue,
  before: readonly number[],
  after: readonly number[],
  fill = 0,
): GraphValue {
  if ([...before, ...after].every((count) => count === 0)) return value;
  const shape = value.shape.map((extent, axis) => extent + (before[axis] ?? 0) + (after[axis] ?? 0));
  const filling = Object.is(fill, 0) ? [] : [graph.constant(fill, value.dtype)];
  return graph.op("Pad", [value, axesConstant(graph, [...before, ...after]), ...filling], { shape });
}

/** Adds zeros behind the elements of every axis until the value has this shape. */
export function padTo(graph: GraphBuilder, value: GraphValue, shape: readonly number[]): GraphValue {
  const missing = shape.map((size, axis) => size - (value.shape[axis] ?? 0));
  return pad(
    graph,
    value,
    missing.map(() => 0),
    missing,
  );
}
