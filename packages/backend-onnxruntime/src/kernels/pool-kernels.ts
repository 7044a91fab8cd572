import type { NamedAttrMap } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { LazyKernel, StructuralAttributes } from "../contract/lazy-kernel.js";
import { cropSpace, cropped, uncropSpace } from "../lowering/crop.js";
import { channelsFirstShape, inChannelsFirst, inRecordedOrder } from "../lowering/channels.js";
import { avgPool } from "../lowering/fused/avg-pool.js";
import { avgPoolGrad } from "../lowering/fused/avg-pool-grad.js";
import { maxPool } from "../lowering/fused/max-pool.js";
import { maxPoolGrad } from "../lowering/fused/max-pool-grad.js";
import { input } from "./kernel-inputs.js";
import { poolWindows2D, poolWindows3D, type Windows } from "./window-attributes.js";

type WindowsOf = (shape: readonly number[], attrs: NamedAttrMap | undefined) => Windows;

/** tfjs' pools over [N, ..., C] images around the lowerings of `lit.MaxPool` and `lit.AvgPool`. */
export const POOL_KERNELS: readonly LazyKernel[] = [
  forward("MaxPool", maxPool, poolWindows2D),
  forward("MaxPool3D", maxPool, poolWindows3D),
  forward("AvgPool", avgPool, poolWindows2D),
  forward("AvgPool3D", avgPool, poolWindows3D),
  maxGrad("MaxPoolGrad", poolWindows2D),
  maxGrad("MaxPool3DGrad", poolWindows3D),
  avgGrad("AvgPoolGrad", poolWindows2D),
  avgGrad("AvgPool3DGrad", poolWindows3D),
];

function structureOf({ kernel, stride, padding, crop, dilation, isChannelsLast }: Windows): StructuralAttributes {
  return { kernelSize: kernel, stride, padding, crop, dilation, isChannelsLast, countIncludePad: false };
}

/** Windows that see nothing but padding (ONNX Runtime refuses them), or fewer than fit. */
function isUnusual({ kernel, padding, isIrregular }: Windows): boolean {
  return isIrregular || padding.some(([before, after], axis) => Math.max(before, after) >= (kernel[axis] ?? 1));
}

function forward(name: string, pool: LazyKernel, windowsOf: WindowsOf): LazyKernel {
  return {
    name,
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (x.dtype !== "float32") return null;
      const windows = windowsOf(x.shape, attrs);
      if (isUnusual(windows)) return null;
      return { inputs: [x], outputs: [{ shape: windows.outShape, dtype: "float32" }], attrs: structureOf(windows) };
    },
    lower: (graph, values, attrs) =>
      aroundChannels(graph, values, attrs, (first) =>
        pool.lower(
          graph,
          first.map((x) => cropSpace(graph, x, attrs)),
          attrs,
          [],
        ),
      ),
  };
}

function maxGrad(name: string, windowsOf: WindowsOf): LazyKernel {
  return {
    name,
    record(inputs, attrs) {
      const tensors = ["dy", "input", "output"].map((key) => input(inputs, key));
      const x = input(inputs, "input");
      if (tensors.some(({ dtype }) => dtype !== "float32")) return null;
      const windows = windowsOf(x.shape, attrs);
      if (isUnusual(windows)) return null;
      return { inputs: tensors, outputs: [{ shape: x.shape, dtype: "float32" }], attrs: structureOf(windows) };
    },
    lower: (graph, values, attrs) =>
      aroundChannels(graph, values, attrs, ([dy, x, ...rest]) => {
        if (dy === undefined || x === undefined) return [];
        return maxPoolGrad
          .lower(graph, [dy, cropSpace(graph, x, attrs), ...rest], attrs, [])
          .map((dx) => uncropSpace(graph, dx, attrs));
      }),
  };
}

/** tfjs shares a window's gradient among all its places, padding included. */
function avgGrad(name: string, windowsOf: WindowsOf): LazyKernel {
  return {
    name,
    record(inputs, attrs) {
      const dy = input(inputs, "dy");
      const x = input(inputs, "input");
      if (dy.dtype !== "float32") return null;
      const windows = windowsOf(x.shape, attrs);
      if (windows.isIrregular) return null;
      const inputShape = channelsFirstShape(x.shape, windows);
      return {
        inputs: [dy],
        outputs: [{ shape: x.shape, dtype: "float32" }],
        attrs: { ...structureOf(windows), countIncludePad: true, inputShape: cropped(inputShape, windows) },
      };
    },
    lower: (graph, values, attrs) =>
      aroundChannels(graph, values, attrs, (first) =>
        avgPoolGrad.lower(graph, first, attrs, []).map((dx) => uncropSpace(graph, dx, attrs)),
      ),
  };
}

/** Calls `body` with images [N, C, ...], whatever order was recorded. */
function aroundChannels(
  graph: GraphBuilder,
  values: readonly GraphValue[],
  attrs: StructuralAttributes,
  body: (values: readonly GraphValue[]) => readonly GraphValue[],
): readonly GraphValue[] {
  const images = values.map((value) => inChannelsFirst(graph, value, attrs));
  return body(images).map((image) => inRecordedOrder(graph, image, attrs));
}
