import type { GraphDtype } from "../contract/graph-dtype.js";
import type { ModelInitializer } from "../onnx-model/model-description.js";

/** The numbers of an initializer; undefined for types that no constant of a graph has. */
export function valuesOf({ data, dtype }: ModelInitializer): number[] | undefined {
  // The bytes may lie anywhere in their buffer; arrays of wide elements must not.
  const bytes = data.slice();
  switch (dtype) {
    case "float32":
      return Array.from(new Float32Array(bytes.buffer));
    case "float64":
      return Array.from(new Float64Array(bytes.buffer));
    case "int32":
      return Array.from(new Int32Array(bytes.buffer));
    case "uint32":
      return Array.from(new Uint32Array(bytes.buffer));
    case "int64":
      return Array.from(new BigInt64Array(bytes.buffer), Number);
    case "uint8":
    case "bool":
      return Array.from(bytes);
    case "float16":
    case "bfloat16":
      return undefined;
  }
}

/** Whether a type holds fractions. */
export function isFloat(dtype: GraphDtype): boolean {
  return dtype === "float32" || dtype === "float64";
}
