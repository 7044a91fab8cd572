import { backend_util, util } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { LazyKernel } from "../contract/lazy-kernel.js";
import { graphDtypeOf } from "../graph/value-spec.js";
import { reshape, slice } from "../lowering/fused/emit.js";
import { numberAttribute, numbersAttribute, numbersOf } from "../lowering/read-attributes.js";
import { input, inputList } from "./kernel-inputs.js";

/** Kernels that join tensors or take them apart. */
export const JOIN_KERNELS: readonly LazyKernel[] = [concat(), pack(), unpack(), split()];

function concat(): LazyKernel {
  return {
    name: "Concat",
    record(inputs, attrs) {
      const list = inputList(inputs);
      const [first] = list;
      if (
        first === undefined ||
        graphDtypeOf(first.dtype) === undefined ||
        list.some(({ dtype }) => dtype !== first.dtype)
      )
        return null;
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
      const parts = values.map((value) =>
        reshape(graph, value, [...value.shape.slice(0, axis), 1, ...value.shape.slice(axis)]),
      );
      return [concatValues(graph, parts, axis)];
    },
  };
}

function concatValues(graph: GraphBuilder, parts: readonly GraphValue[], axis: number): GraphValue {
  const [first] = parts;
  const shape = backend_util.computeOutShape(
    parts.map((part) => [...part.shape]),
    axis,
  );
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
      return {
        inputs: [value],
        outputs: Array.from({ length: value.shape[axis] ?? 0 }, () => ({ shape, dtype })),
        attrs: { axis },
      };
    },
    lower(graph, [value], attrs) {
      if (value === undefined) return [];
      const axis = Number(attrs["axis"]);
      const parts = splitValue(graph, value, axis, new Array<number>(value.shape[axis] ?? 0).fill(1));
      return parts.map((part) =>
        reshape(
          graph,
          part,
          value.shape.filter((_, i) => i !== axis),
        ),
      );
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
      const sizes = backend_util.prepareSplitSize(
        x,
        typeof given === "number" ? given : numbersAttribute(attrs, "numOrSizeSplits"),
        axis,
      );
      return {
        inputs: [x],
        outputs: sizes.map((size) => ({ shape: x.shape.with(axis, size), dtype })),
        attrs: { axis, sizes },
      };
    },
    lower: (graph, [x], attrs) =>
      x === undefined ? [] : splitValue(graph, x, Number(attrs["axis"]), numbersOf(attrs["sizes"])),
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
