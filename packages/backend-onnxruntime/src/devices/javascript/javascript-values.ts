import type { GraphValueSpec } from "../../contract/graph-runner.js";
import { GraphCompileError } from "../../errors/graph-compile-error.js";
import { elementSizeBytes, tensorSizeBytes } from "../../onnx-model/element-type.js";

/** Memory as the typed array in which the package takes a value's elements: not a copy. */
export function viewOf(memory: ArrayBuffer, spec: GraphValueSpec): ArrayBufferView {
  const length = tensorSizeBytes(spec.dtype, spec.shape) / elementSizeBytes(spec.dtype);
  switch (spec.dtype) {
    case "float32":
      return new Float32Array(memory, 0, length);
    case "float64":
      return new Float64Array(memory, 0, length);
    case "int32":
      return new Int32Array(memory, 0, length);
    case "uint32":
      return new Uint32Array(memory, 0, length);
    case "int64":
      return new BigInt64Array(memory, 0, length);
    case "uint8":
    case "bool":
      return new Uint8Array(memory, 0, length);
    case "float16":
    case "bfloat16":
      return new Uint16Array(memory, 0, length);
    default:
      return spec.dtype satisfies never;
  }
}

/**
 * `onnxruntime-node` 1.30 cannot read the `Float16Array` that `onnxruntime-common` makes where JavaScript has one (Node
 * 24).
 */
export function canPassFloat16(): boolean {
  return !("Float16Array" in globalThis);
}

/** @throws GraphCompileError if values of this type cannot be passed */
export function checkDtype({ name, dtype }: GraphValueSpec): void {
  if (dtype === "bfloat16" || (dtype === "float16" && !canPassFloat16())) {
    throw new GraphCompileError(`${name} is ${dtype}, which onnxruntime-node's JavaScript interface cannot pass`);
  }
}
