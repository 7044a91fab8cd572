import { util } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { LazyKernel } from "../contract/lazy-kernel.js";
import { pad } from "../lowering/fused/emit.js";
import { booleanAttribute, numbersAttribute } from "../lowering/read-attributes.js";
import { runningSum } from "../lowering/sums/running-sum.js";
import { input } from "./kernel-inputs.js";

/** Sums and products of all elements up to each one. */
export const CUMULATIVE_KERNELS: readonly LazyKernel[] = [cumulative("Cumsum"), cumulative("Cumprod")];

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
  const places = (number: number) => x.shape.map((_, i) => (i === axis ? number : 0));
  const [before, after] = reverse ? [-count, count] : [count, -count];
  return pad(graph, x, places(before), places(after), 1);
}
