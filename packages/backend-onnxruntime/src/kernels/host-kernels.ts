import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs-core";
import type { OnnxRuntimeBackend } from "../backend/onnxruntime-backend.js";
import { EngineError } from "../errors/engine-error.js";
import { GATHER_KERNEL } from "./index-kernels.js";
import { numberAttribute, stringAttribute } from "../lowering/read-attributes.js";
import { input } from "./kernel-inputs.js";
import { CAST_KERNEL } from "./cast-kernel.js";

/** A kernel whose call needs more than recording: a look at values that the host knows, or no graph at all. */
export interface HostKernel {
  readonly name: string;
  run(
    backend: OnnxRuntimeBackend,
    inputs: NamedTensorInfoMap,
    attrs: NamedAttrMap | undefined,
  ): TensorInfo | TensorInfo[];
}

export const HOST_KERNELS: readonly HostKernel[] = [
  { name: "Cast", run: castOrShare },
  { name: "GatherV2", run: gather },
  // Their attributes are the values; tfjs' own code on the host is the right place.
  { name: "Range", run: (backend, inputs, attrs) => backend.runFallback("Range", inputs, attrs, true) },
  { name: "LinSpace", run: (backend, inputs, attrs) => backend.runFallback("LinSpace", inputs, attrs, true) },
];

function castOrShare(
  backend: OnnxRuntimeBackend,
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap | undefined,
): TensorInfo | TensorInfo[] {
  const x = input(inputs, "x");
  return x.dtype === stringAttribute(attrs, "dtype")
    ? backend.alias(x, x.shape)
    : backend.run(CAST_KERNEL, inputs, attrs);
}

/** Indices that the host has written are checked here; those that a graph computes, by the graph when it runs. */
function gather(
  backend: OnnxRuntimeBackend,
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap | undefined,
): TensorInfo | TensorInfo[] {
  const x = input(inputs, "x");
  const axis = numberAttribute(attrs, "axis");
  const extent = x.shape[axis < 0 ? axis + x.shape.length : axis] ?? 0;
  const known = backend.knownValues(input(inputs, "indices"));
  for (let i = 0; known !== undefined && i < known.length; i++) {
    const index = known[i] ?? -1;
    if (index >= 0 && index < extent) continue;
    throw new EngineError({
      code: "LIT_ENGINE_INDEX",
      message: `GatherV2: the index value ${index} is not in [0, ${extent - 1}].`,
    });
  }
  return backend.run(GATHER_KERNEL, inputs, { ...attrs, areChecked: known !== undefined });
}
