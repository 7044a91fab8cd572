import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";
import { runFusedSingle } from "./run-fused.js";
import { addWindowSlices, windowSlices, type WindowAttributes } from "./windows.js";

export const unfold: FusedKernel<"core.Unfold"> = {
  name: "core.Unfold",
  composite: ({ x }, attrs) => [tf.stack(windowSlices(x, attrs), 2)],
  gradient: {
    holds: [],
    isDifferentiable: true,
    compute: ({ dy, inputs: { x }, attrs }) => ({
      x: () => runFusedSingle(fold, { y: dy }, { ...attrs, space: x.shape.slice(2) }),
    }),
  },
};

export const fold: FusedKernel<"core.Fold"> = {
  name: "core.Fold",
  composite: ({ y }, { space, ...attrs }) => [addWindowSlices(tf.unstack(y, 2), space, attrs)],
  gradient: {
    holds: [],
    isDifferentiable: true,
    compute: ({ dy: dx, attrs: { space: _, ...attrs } }) => ({
      y: () => runFusedSingle(unfold, { x: dx }, attrs satisfies WindowAttributes),
    }),
  },
};
