import { util } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { LazyKernel } from "../contract/lazy-kernel.js";
import { graphDtypeOf } from "../graph/value-spec.js";
import { Elementwise } from "../lowering/elementwise.js";
import { axesConstant, cast, reshape } from "../lowering/fused/emit.js";
import { truncateToInt } from "../lowering/integer-arithmetic.js";
import { exactSoftmax } from "../lowering/sums/exact-softmax.js";
import { runningSum } from "../lowering/sums/running-sum.js";
import { booleanAttribute, numberAttribute, numbersAttribute, stringAttribute } from "../lowering/read-attributes.js";
import { input } from "./kernel-inputs.js";

export const SELECTION_KERNELS: readonly LazyKernel[] = [
  select(),
  topK(),
  cumulative("Cumsum"),
  cumulative("Cumprod"),
  softmax("Softmax", "dim"),
  softmax("LogSoftmax", "axis"),
];

/** Changes the dtype; a cast to the same one is no kernel but an alias. */
export const CAST_KERNEL: LazyKernel = {
  name: "Cast",
  record(inputs, attrs) {
    const x = input(inputs, "x");
    const name = stringAttribute(attrs, "dtype");
    if (graphDtypeOf(x.dtype) === undefined || (name !== "float32" && name !== "int32" && name !== "bool")) return null;
    return { inputs: [x], outputs: [{ shape: x.shape, dtype: name }], attrs: { dtype: name } };
  },
  lower(graph, [x], attrs) {
    if (x === undefined) return [];
    if (attrs["dtype"] === "int32" && x.dtype === "float32") return [truncateToInt(graph, x)];
    return [cast(graph, x, attrs["dtype"] === "int32" ? "int32" : attrs["dtype"] === "bool" ? "bool" : "float32")];
  },
};

function select(): LazyKernel {
  return {
    name: "Select",
    record(inputs) {
      const condition = input(inputs, "condition");
      const t = input(inputs, "t");
      const e = input(inputs, "e");
      if (condition.dtype !== "bool" || t.dtype !== e.dtype || graphDtypeOf(t.dtype) === undefined) return null;
      return { inputs: [condition, t, e], outputs: [{ shape: t.shape, dtype: t.dtype }] };
    },
    lower(graph, [condition, t, e]) {
      if (condition === undefined || t === undefined || e === undefined) return [];
      // A condition of rank 1 chooses whole rows.
      const isPerRow = condition.shape.length === 1 && t.shape.length > 1;
      const chooser = isPerRow
        ? reshape(
            graph,
            condition,
            t.shape.map((extent, i) => (i === 0 ? extent : 1)),
          )
        : condition;
      const isBool = t.dtype === "bool";
      const [a, b] = isBool ? [cast(graph, t, "int32"), cast(graph, e, "int32")] : [t, e];
      const chosen = new Elementwise(graph).where(chooser, a, b);
      return [isBool ? cast(graph, chosen, "bool") : chosen];
    },
  };
}

function topK(): LazyKernel {
  return {
    name: "TopK",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      const k = numberAttribute(attrs, "k");
      if ((x.dtype !== "float32" && x.dtype !== "int32") || k < 1) return null;
      const shape = [...x.shape.slice(0, -1), k];
      return {
        inputs: [x],
        outputs: [
          { shape, dtype: x.dtype },
          { shape, dtype: "int32" },
        ],
        attrs: { k },
      };
    },
    lower(graph, [x], attrs) {
      if (x === undefined) return [];
      const k = Number(attrs["k"]);
      const shape = [...x.shape.slice(0, -1), k];
      const outputs = [
        { dtype: x.dtype, shape },
        { dtype: "int64", shape },
      ] as const;
      const [values, indices] = graph.node({
        type: "TopK",
        inputs: [x, axesConstant(graph, [k])],
        attrs: { axis: -1, largest: 1, sorted: 1 },
        outputs,
      });
      return values === undefined || indices === undefined ? [] : [values, cast(graph, indices, "int32")];
    },
  };
}

function cumulative(name: "Cumsum" | "Cumprod"): LazyKernel {
  return {
    name,
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if ((x.dtype !== "float32" && x.dtype !== "int32") || x.shape.length === 0) return null;
      const [axis = 0] = util.parseAxisParam(numbersAttribute(attrs, "axis"), x.shape);
      const structural = {
        axis,
        exclusive: booleanAttribute(attrs, "exclusive"),
        reverse: booleanAttribute(attrs, "reverse"),
      };
      return { inputs: [x], outputs: [{ shape: x.shape, dtype: x.dtype }], attrs: structural };
    },
    lower(graph, [x], { axis, exclusive, reverse }) {
      if (x === undefined) return [];
      if (name === "Cumprod") return [cumulativeProduct(graph, x, Number(axis), exclusive === true, reverse === true)];
      return [runningSum(graph, x, { axis: Number(axis), exclusive: exclusive === true, reverse: reverse === true })];
    },
  };
}

/** Products of all elements before, in a logarithmic number of shifted multiplications: ONNX has no op for it. */
function cumulativeProduct(
  graph: GraphBuilder,
  x: GraphValue,
  axis: number,
  exclusive: boolean,
  reverse: boolean,
): GraphValue {
  const extent = x.shape[axis] ?? 1;
  let value = exclusive ? shifted(graph, x, axis, 1, reverse) : x;
  for (let step = 1; step < extent; step *= 2)
    value = graph.op("Mul", [value, shifted(graph, value, axis, step, reverse)]);
  return value;
}

/** Moves elements `step` places along an axis and fills up with ones. */
function shifted(graph: GraphBuilder, x: GraphValue, axis: number, step: number, reverse: boolean): GraphValue {
  const extent = x.shape[axis] ?? 1;
  const count = Math.min(step, extent);
  const pads = new Array<number>(x.shape.length * 2).fill(0);
  pads[reverse ? x.shape.length + axis : axis] = count;
  pads[reverse ? axis : x.shape.length + axis] = -count;
  return graph.op("Pad", [x, axesConstant(graph, pads), graph.constant(1, x.dtype)]);
}

function softmax(name: "Softmax" | "LogSoftmax", axisName: string): LazyKernel {
  return {
    name,
    record(inputs, attrs) {
      const logits = input(inputs, "logits");
      if (logits.dtype !== "float32") return null;
      const [axis = 0] = util.parseAxisParam(numberAttribute(attrs, axisName), logits.shape);
      return { inputs: [logits], outputs: [{ shape: logits.shape, dtype: "float32" }], attrs: { axis } };
    },
    lower: (graph, [logits], attrs) =>
      logits === undefined ? [] : [exactSoftmax(graph, name, logits, Number(attrs["axis"]))],
  };
}
