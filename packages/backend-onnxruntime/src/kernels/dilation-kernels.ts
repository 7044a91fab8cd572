import type { NamedAttrMap, NamedTensorInfoMap } from "@tensorflow/tfjs-core";
import type { LazyKernel, Recording, StructuralAttributes } from "../contract/lazy-kernel.js";
import { candidates, type DilationWindows, gatherShares, largest, sharesOf } from "../lowering/dilation.js";
import { reshape } from "../lowering/fused/emit.js";
import { exactSum } from "../lowering/sums/exact-sum.js";
import { numbersOf } from "../lowering/read-attributes.js";
import { input } from "./kernel-inputs.js";
import { convWindows2D } from "./window-attributes.js";

/** Grey-scale dilation: the maximum over a window of image plus filter. */
export const DILATION_KERNELS: readonly LazyKernel[] = [
  {
    name: "Dilation2D",
    record: (inputs, attrs) => record(inputs, attrs, "output"),
    lower: (graph, [x, filter], attrs) =>
      x === undefined || filter === undefined ? [] : [largest(graph, candidates(graph, x, filter, windowsOf(attrs)))],
  },
  {
    name: "Dilation2DBackpropInput",
    record: (inputs, attrs) => record(inputs, attrs, "x"),
    lower(graph, [x, filter, dy], attrs) {
      if (x === undefined || filter === undefined || dy === undefined) return [];
      const windows = windowsOf(attrs);
      return [gatherShares(graph, sharesOf(graph, candidates(graph, x, filter, windows), dy), x.shape, windows)];
    },
  },
  {
    name: "Dilation2DBackpropFilter",
    record: (inputs, attrs) => record(inputs, attrs, "filter"),
    lower(graph, [x, filter, dy], attrs) {
      if (x === undefined || filter === undefined || dy === undefined) return [];
      const shares = sharesOf(graph, candidates(graph, x, filter, windowsOf(attrs)), dy);
      const sums = shares.map((share) => reshape(graph, exactSum(graph, share, [0, 1, 2]), [1, filter.shape[2] ?? 1]));
      const rows = graph.op("Concat", sums, { shape: [sums.length, filter.shape[2] ?? 1], attrs: { axis: 0 } });
      return [reshape(graph, rows, filter.shape)];
    },
  },
];

function record(
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap | undefined,
  like: "output" | "x" | "filter",
): Recording | null {
  const x = input(inputs, "x");
  const filter = input(inputs, "filter");
  const tensors = like === "output" ? [x, filter] : [x, filter, input(inputs, "dy")];
  if (tensors.some(({ dtype }) => dtype !== "float32")) return null;
  const windows = convWindows2D(x.shape, [...filter.shape, x.shape[3] ?? 1], attrs);
  if (windows.isIrregular) return null;
  const { kernel, stride, dilation, padding, outShape } = windows;
  const shape = like === "output" ? outShape : like === "x" ? x.shape : filter.shape;
  return {
    inputs: tensors,
    outputs: [{ shape, dtype: "float32" }],
    attrs: { kernel, stride, dilation, padding, outShape },
  };
}

function windowsOf(attrs: StructuralAttributes): DilationWindows {
  const padding = Array.isArray(attrs["padding"]) ? attrs["padding"].map(numbersOf) : [];
  return {
    kernel: numbersOf(attrs["kernel"]),
    stride: numbersOf(attrs["stride"]),
    dilation: numbersOf(attrs["dilation"]),
    outShape: numbersOf(attrs["outShape"]),
    padding,
  };
}
