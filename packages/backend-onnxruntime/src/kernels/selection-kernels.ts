import type { LazyKernel } from "../contract/lazy-kernel.js";
import { graphDtypeOf } from "../graph/value-spec.js";
import { Elementwise } from "../lowering/elementwise.js";
import { axesConstant, cast, reshape } from "../lowering/fused/emit.js";
import { numberAttribute } from "../lowering/read-attributes.js";
import { input } from "./kernel-inputs.js";

/** Kernels that pick elements by what they hold. */
export const SELECTION_KERNELS: readonly LazyKernel[] = [select(), topK()];

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
