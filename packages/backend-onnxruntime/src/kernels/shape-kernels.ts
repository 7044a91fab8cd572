import { backend_util, util } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { LazyKernel } from "../contract/lazy-kernel.js";
import { graphDtypeOf } from "../graph/value-spec.js";
import { axesConstant, reshape, slice, transpose } from "../lowering/fused/emit.js";
import { mirrorPad } from "../lowering/mirror-pad.js";
import { throughIntegers } from "../lowering/through-integers.js";
import { axesOf, input, inputList, numberAttribute, numbersAttribute, numbersOf, pairsAttribute, stringAttribute } from "./read-attributes.js";

export const SHAPE_KERNELS: readonly LazyKernel[] = [
  concat(),
  pack(),
  unpack(),
  split(),
  tile(),
  transposeKernel(),
  reverse(),
  flipLeftRight(),
  broadcastTo(),
  pad(),
  mirrorPadKernel(),
];

function concat(): LazyKernel {
  return {
    name: "Concat",
    record(inputs, attrs) {
      const list = inputList(inputs);
      const [first] = list;
      if (first === undefined || graphDtypeOf(first.dtype) === undefined || list.some(({ dtype }) => dtype !== first.dtype)) return null;
      const [axis = 0] = util.parseAxisParam(numberAttribute(attrs, "axis"), first.shape);
      const shapes = list.map((info) => info.shape);
      backend_util.assertParamsConsistent(shapes, axis);
      const shape = backend_util.computeOutShape(shapes, axis);
      // An empty part adds nothing, and a graph has no empty inputs.
      const parts = list.filter((info) => util.sizeFromShape(info.shape) > 0);
      return { inputs: parts, outputs: [{ shape, dtype: first.dtype }], attrs: { axis } };
    },
    lower: (graph, parts, attrs) => [concatValues(graph, parts, Number(attrs["axis"]))],
  };
}

function pack(): LazyKernel {
  return {
    name: "Pack",
    record(inputs, attrs) {
      const list = inputList(inputs);
      const [first] = list;
      if (first === undefined || graphDtypeOf(first.dtype) === undefined) return null;
      if (list.some(({ shape, dtype }) => dtype !== first.dtype || !util.arraysEqual(shape, first.shape))) return null;
      const given = numberAttribute(attrs, "axis");
      const axis = given < 0 ? given + first.shape.length + 1 : given;
      const shape = [...first.shape.slice(0, axis), list.length, ...first.shape.slice(axis)];
      return { inputs: list, outputs: [{ shape, dtype: first.dtype }], attrs: { axis } };
    },
    lower(graph, values, attrs) {
      const axis = Number(attrs["axis"]);
      const parts = values.map((value) => reshape(graph, value, [...value.shape.slice(0, axis), 1, ...value.shape.slice(axis)]));
      return [concatValues(graph, parts, axis)];
    },
  };
}

function concatValues(graph: GraphBuilder, parts: readonly GraphValue[], axis: number): GraphValue {
  const [first] = parts;
  const shape = backend_util.computeOutShape(parts.map((part) => [...part.shape]), axis);
  if (first === undefined || parts.length > 1) return graph.op("Concat", parts, { shape, attrs: { axis } });
  return first;
}

function unpack(): LazyKernel {
  return {
    name: "Unpack",
    returnsList: true,
    record(inputs, attrs) {
      const value = input(inputs, "value");
      const dtype = graphDtypeOf(value.dtype);
      if (dtype === undefined) return null;
      const [axis = 0] = util.parseAxisParam(numberAttribute(attrs, "axis"), value.shape);
      const shape = value.shape.filter((_, i) => i !== axis);
      return { inputs: [value], outputs: Array.from({ length: value.shape[axis] ?? 0 }, () => ({ shape, dtype })), attrs: { axis } };
    },
    lower(graph, [value], attrs) {
      if (value === undefined) return [];
      const axis = Number(attrs["axis"]);
      const parts = splitValue(graph, value, axis, new Array<number>(value.shape[axis] ?? 0).fill(1));
      return parts.map((part) => reshape(graph, part, value.shape.filter((_, i) => i !== axis)));
    },
  };
}

function split(): LazyKernel {
  return {
    name: "SplitV",
    returnsList: true,
    record(inputs, attrs) {
      const x = input(inputs, "x");
      const dtype = graphDtypeOf(x.dtype);
      if (dtype === undefined) return null;
      const [axis = 0] = util.parseAxisParam(numberAttribute(attrs, "axis"), x.shape);
      const given: unknown = attrs?.["numOrSizeSplits"];
      const sizes: number[] = Reflect.apply(backend_util.prepareSplitSize, undefined, [x, typeof given === "number" ? given : numbersAttribute(attrs, "numOrSizeSplits"), axis]);
      return { inputs: [x], outputs: sizes.map((size) => ({ shape: x.shape.with(axis, size), dtype })), attrs: { axis, sizes } };
    },
    lower: (graph, [x], attrs) => (x === undefined ? [] : splitValue(graph, x, Number(attrs["axis"]), numbersOf(attrs["sizes"]))),
  };
}

function splitValue(graph: GraphBuilder, x: GraphValue, axis: number, sizes: readonly number[]): GraphValue[] {
  let start = 0;
  return sizes.map((size) => {
    const part = slice(graph, x, { axes: [axis], starts: [start], ends: [start + size] });
    start += size;
    return part;
  });
}

function tile(): LazyKernel {
  return {
    name: "Tile",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (graphDtypeOf(x.dtype) === undefined) return null;
      const reps = numbersAttribute(attrs, "reps");
      return { inputs: [x], outputs: [{ shape: x.shape.map((extent, i) => extent * (reps[i] ?? 1)), dtype: x.dtype }], attrs: { reps } };
    },
    lower(graph, [x], attrs) {
      if (x === undefined) return [];
      const reps = numbersOf(attrs["reps"]);
      if (reps.every((rep) => rep === 1)) return [x];
      const shape = x.shape.map((extent, i) => extent * (reps[i] ?? 1));
      return [graph.op("Tile", [x, axesConstant(graph, reps)], { shape })];
    },
  };
}

function transposeKernel(): LazyKernel {
  return {
    name: "Transpose",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (graphDtypeOf(x.dtype) === undefined) return null;
      const perm = numbersAttribute(attrs, "perm");
      return { inputs: [x], outputs: [{ shape: perm.map((axis) => x.shape[axis] ?? 1), dtype: x.dtype }], attrs: { perm } };
    },
    lower: (graph, [x], attrs) => (x === undefined ? [] : [transpose(graph, x, numbersOf(attrs["perm"]))]),
  };
}

function reverse(): LazyKernel {
  return {
    name: "Reverse",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (graphDtypeOf(x.dtype) === undefined) return null;
      return { inputs: [x], outputs: [{ shape: x.shape, dtype: x.dtype }], attrs: { axes: axesOf(attrs?.["dims"], x.shape) } };
    },
    lower: (graph, [x], attrs) => (x === undefined ? [] : [reverseAxes(graph, x, numbersOf(attrs["axes"]))]),
  };
}

function flipLeftRight(): LazyKernel {
  return {
    name: "FlipLeftRight",
    record(inputs) {
      const image = input(inputs, "image");
      if (graphDtypeOf(image.dtype) === undefined) return null;
      return { inputs: [image], outputs: [{ shape: image.shape, dtype: image.dtype }] };
    },
    lower: (graph, [image]) => (image === undefined ? [] : [reverseAxes(graph, image, [2])]),
  };
}

function reverseAxes(graph: GraphBuilder, x: GraphValue, axes: readonly number[]): GraphValue {
  if (axes.length === 0 || x.shape.length === 0) return x;
  const ones = axes.map(() => -1);
  const ends = axes.map(() => Number.MIN_SAFE_INTEGER);
  return graph.op("Slice", [x, axesConstant(graph, ones), axesConstant(graph, ends), axesConstant(graph, axes), axesConstant(graph, ones)], { shape: x.shape });
}

function broadcastTo(): LazyKernel {
  return {
    name: "BroadcastTo",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (graphDtypeOf(x.dtype) === undefined) return null;
      return { inputs: [x], outputs: [{ shape: numbersAttribute(attrs, "shape"), dtype: x.dtype }] , attrs: { shape: numbersAttribute(attrs, "shape") } };
    },
    lower(graph, [x], attrs) {
      const shape = numbersOf(attrs["shape"]);
      return x === undefined ? [] : [graph.op("Expand", [x, axesConstant(graph, shape)], { shape })];
    },
  };
}

function pad(): LazyKernel {
  return {
    name: "PadV2",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (graphDtypeOf(x.dtype) === undefined) return null;
      const paddings = pairsAttribute(attrs, "paddings");
      return { inputs: [x], outputs: [{ shape: paddedShape(x.shape, paddings), dtype: x.dtype }], attrs: { paddings, value: numberAttribute(attrs, "constantValue") } };
    },
    lower(graph, [x], attrs) {
      if (x === undefined || !Array.isArray(attrs["paddings"])) return [];
      const paddings = attrs["paddings"].map(numbersOf);
      const pads = axesConstant(graph, [...paddings.map(([before = 0]) => before), ...paddings.map(([, after = 0]) => after)]);
      const shape = paddedShape(x.shape, paddings);
      return [throughIntegers(graph, x, (value) => graph.op("Pad", [value, pads, graph.constant(Number(attrs["value"]), value.dtype)], { shape }))];
    },
  };
}

function mirrorPadKernel(): LazyKernel {
  return {
    name: "MirrorPad",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (graphDtypeOf(x.dtype) === undefined) return null;
      const paddings = pairsAttribute(attrs, "paddings");
      return { inputs: [x], outputs: [{ shape: paddedShape(x.shape, paddings), dtype: x.dtype }], attrs: { paddings, mode: stringAttribute(attrs, "mode") } };
    },
    lower(graph, [x], attrs) {
      if (x === undefined || !Array.isArray(attrs["paddings"])) return [];
      return [mirrorPad(graph, x, attrs["paddings"].map(numbersOf), attrs["mode"] === "reflect" ? 1 : 0)];
    },
  };
}

function paddedShape(shape: readonly number[], paddings: readonly (readonly number[])[]): number[] {
  return shape.map((extent, i) => extent + (paddings[i]?.[0] ?? 0) + (paddings[i]?.[1] ?? 0));
}
