import type { DataType } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { LazyKernel, StructuralAttributes } from "../contract/lazy-kernel.js";
import { elementCount, graphDtypeOf } from "../graph/value-spec.js";
import { Elementwise } from "../lowering/elementwise.js";
import { axesConstant, cast, range, reshape } from "../lowering/fused/emit.js";
import { numberAttribute, numbersAttribute, numbersOf, stringAttribute } from "../lowering/read-attributes.js";
import { input } from "./kernel-inputs.js";
import { recordedDtype } from "./recorded-dtype.js";

/** Whole numbers up to here are exact in float32, the type of a graph's changing numbers. */
const LARGEST_EXACT = 2 ** 24;

export const CREATION_KERNELS: readonly LazyKernel[] = [
  fill(),
  like("ZerosLike", 0),
  like("OnesLike", 1),
  oneHot(),
  diagonal(),
];

function fill(): LazyKernel {
  return {
    name: "Fill",
    record(_inputs, attrs) {
      const value: unknown = attrs?.["value"];
      const dtype = attrs?.["dtype"] === undefined ? "float32" : graphDtypeOf(dtypeOf(stringAttribute(attrs, "dtype")));
      if (dtype === undefined || typeof value !== "number" || (dtype !== "float32" && Math.abs(value) > LARGEST_EXACT))
        return null;
      const shape = numbersAttribute(attrs, "shape");
      return {
        inputs: [],
        outputs: [{ shape, dtype }],
        attrs: { shape, dtype },
        scalars: [dtype === "int32" ? Math.trunc(value) : value],
      };
    },
    lower: (graph, _inputs, attrs, [value]) => (value === undefined ? [] : [repeated(graph, value, attrs)]),
  };
}

function like(name: string, number: number): LazyKernel {
  return {
    name,
    record(inputs) {
      const x = input(inputs, "x");
      const dtype = graphDtypeOf(x.dtype);
      return dtype === undefined
        ? null
        : { inputs: [], outputs: [{ shape: x.shape, dtype }], attrs: { shape: x.shape, dtype }, scalars: [number] };
    },
    lower: (graph, _inputs, attrs, [value]) => (value === undefined ? [] : [repeated(graph, value, attrs)]),
  };
}

/**
 * A tensor of one number. The number is an input of the graph: of a constant, ONNX Runtime would make the whole tensor
 * when it creates the session, and keep it.
 */
function repeated(graph: GraphBuilder, value: GraphValue, attrs: StructuralAttributes): GraphValue {
  const number = cast(graph, value, recordedDtype(attrs));
  const shape = numbersOf(attrs["shape"]);
  return shape.length === 0 ? number : graph.op("Expand", [number, axesConstant(graph, shape)], { shape });
}

function dtypeOf(name: string): DataType {
  return name === "int32" || name === "bool" || name === "string" || name === "complex64" ? name : "float32";
}

function oneHot(): LazyKernel {
  return {
    name: "OneHot",
    record(inputs, attrs) {
      const indices = input(inputs, "indices");
      const dtype = attrs?.["dtype"] === undefined ? "float32" : graphDtypeOf(dtypeOf(stringAttribute(attrs, "dtype")));
      if (indices.dtype !== "int32" || dtype === undefined) return null;
      const depth = numberAttribute(attrs, "depth");
      const structural = {
        depth,
        dtype,
        on: numberAttribute(attrs, "onValue"),
        off: numberAttribute(attrs, "offValue"),
      };
      return { inputs: [indices], outputs: [{ shape: [...indices.shape, depth], dtype }], attrs: structural };
    },
    lower(graph, [indices], attrs) {
      if (indices === undefined) return [];
      const dtype = recordedDtype(attrs);
      const e = new Elementwise(graph);
      const isHot = e.equal(
        reshape(graph, indices, [...indices.shape, 1]),
        graph.constant(range(0, Number(attrs["depth"])), "int32"),
      );
      if (attrs["on"] === 1 && attrs["off"] === 0) return [cast(graph, isHot, dtype)];
      const on = graph.constant(Number(attrs["on"]), "float32");
      return [cast(graph, e.where(isHot, on, Number(attrs["off"])), dtype)];
    },
  };
}

function diagonal(): LazyKernel {
  return {
    name: "Diag",
    record(inputs) {
      const x = input(inputs, "x");
      return x.dtype === "float32" || x.dtype === "int32"
        ? { inputs: [x], outputs: [{ shape: [...x.shape, ...x.shape], dtype: x.dtype }] }
        : null;
    },
    lower(graph, [x]) {
      if (x === undefined) return [];
      const size = elementCount(x.shape);
      const e = new Elementwise(graph);
      const row = graph.constant(range(0, size), "int32", [1, size]);
      const isDiagonal = e.equal(row, graph.constant(range(0, size), "int32", [size, 1]));
      return [reshape(graph, e.where(isDiagonal, reshape(graph, x, [size, 1]), 0), [...x.shape, ...x.shape])];
    },
  };
}
