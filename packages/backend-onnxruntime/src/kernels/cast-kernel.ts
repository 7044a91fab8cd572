import type { LazyKernel } from "../contract/lazy-kernel.js";
import { graphDtypeOf } from "../graph/value-spec.js";
import { cast } from "../lowering/fused/emit.js";
import { truncateToInt } from "../lowering/integer-arithmetic.js";
import { stringAttribute } from "../lowering/read-attributes.js";
import { input } from "./kernel-inputs.js";
import { recordedDtype } from "./recorded-dtype.js";

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
    return [cast(graph, x, recordedDtype(attrs))];
  },
};
