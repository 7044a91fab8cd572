import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { LazyKernel } from "../contract/lazy-kernel.js";
import { mapPacked } from "../graph/map-packed.js";
import { elementCount, isSameShape } from "../graph/value-spec.js";
import { roundedByArithmetic, roundedByCasts } from "../lowering/rounded.js";
import type { DataStore } from "./data-store.js";
import type { GraphEngine } from "./graph-engine.js";
import type { Half } from "./half-probe.js";
import type { LazyData } from "./lazy-data.js";

/** Rounds to a short type; the result is float32 again. */
const ROUND: LazyKernel = {
  name: "lit.Round",
  record: () => null,
  lower: (graph, inputs, { dtype, hasType }) => {
    const rounded = hasType === true ? roundedByCasts : roundedByArithmetic;
    return inputs.map((x) => rounded(graph, x, dtype === "bfloat16" ? "bfloat16" : "float16"));
  },
};

/**
 * Kernels whose results are numbers that they were given, or that nothing was computed for: positions, random numbers,
 * counts, what was cast from whole numbers. PyTorch has those in float32 beside parameters in a short type too.
 */
const KEEPING: ReadonlySet<string> = new Set([
  ...["BatchToSpaceND", "BroadcastTo", "Concat", "DepthToSpace", "Diag", "ExpandDims", "FlipLeftRight", "GatherNd"],
  ...["GatherV2", "Identity", "MirrorPad", "Pack", "PadV2", "Reshape", "Reverse", "Select", "Slice", "SpaceToBatchND"],
  ...["SplitV", "StridedSlice", "TensorScatterUpdate", "Tile", "TopK", "Transpose", "Unpack"],
  ...["Max", "Maximum", "Min", "Minimum", "MaxPool", "MaxPool3D", "lit.MaxPool", "Relu", "lit.ReluGrad"],
  "lit.HardtanhGrad",
  ...["Abs", "Neg", "Sign", "Floor", "Ceil", "Round"],
  ...["Cast", "Fill", "LinSpace", "Multinomial", "OneHot", "OnesLike", "Range", "ZerosLike"],
  ...["lit.ClassTally", "lit.LabelTally", "lit.RandomUniform"],
]);

/** Makes results of kernels numbers of a short type, by a kernel of its own behind them. */
export class Rounding {
  readonly #engine: GraphEngine;
  readonly #store: DataStore;
  readonly #hasType: (dtype: Half) => boolean;

  /** @param hasType whether the device has anything of a type */
  constructor(engine: GraphEngine, store: DataStore, hasType: (dtype: Half) => boolean) {
    this.#engine = engine;
    this.#store = store;
    this.#hasType = hasType;
  }

  /** Results that were recorded, as tfjs is to see them. */
  exposed(kernelName: string, outputs: readonly LazyData[], dtype: Half | undefined): TensorInfo[] {
    const isRounded = dtype !== undefined && !KEEPING.has(kernelName);
    return mapPacked(outputs, (output) =>
      this.#store.expose(isRounded && output.dtype === "float32" ? this.#insteadOf(output, dtype) : output),
    );
  }

  /** Results that the processor has computed at once. */
  ofFallback(
    kernelName: string,
    result: TensorInfo | TensorInfo[],
    dtype: Half | undefined,
  ): TensorInfo | TensorInfo[] {
    if (dtype === undefined || KEEPING.has(kernelName)) return result;
    const replaced = (info: TensorInfo): TensorInfo => {
      if (info.dtype !== "float32" || elementCount(info.shape) === 0) return info;
      const rounded = this.rounded(info, dtype);
      this.#store.dispose(info.dataId, false);
      return rounded;
    };
    return Array.isArray(result) ? result.map(replaced) : replaced(result);
  }

  /** A float32 tensor's numbers as `dtype` has them, in another float32 tensor; others are shared as they are. */
  rounded(info: TensorInfo, dtype: Half): TensorInfo {
    const data = this.#store.get(info.dataId);
    if (info.dtype !== "float32" || elementCount(info.shape) === 0) {
      data.refs++;
      return { dataId: info.dataId, shape: [...info.shape], dtype: info.dtype };
    }
    return this.#store.expose(this.#record(data, info.shape, dtype));
  }

  /** The rounded result alone is seen: what it was rounded from lives no longer than the node that rounds it. */
  #insteadOf(output: LazyData, dtype: Half): LazyData {
    const rounded = this.#record(output, output.shape, dtype);
    output.refs--;
    this.#engine.liveness.release(output);
    return rounded;
  }

  #record(data: LazyData, shape: readonly number[], dtype: Half): LazyData {
    const attrs = { dtype, hasType: this.#hasType(dtype) };
    const recording = { inputs: [], outputs: [{ shape, dtype: "float32" as const }], attrs };
    const views = isSameShape(data.shape, shape) ? undefined : [shape];
    const [rounded] = this.#engine.record(ROUND, { recording, inputs: [data], views }, "float32").outputs;
    if (rounded === undefined) throw new Error("Rounding has one result.");
    return rounded;
  }
}
