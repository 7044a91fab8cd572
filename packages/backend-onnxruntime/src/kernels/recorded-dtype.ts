import type { StructuralAttributes } from "../contract/lazy-kernel.js";

/** The dtype that a recording has kept under this name. */
export function recordedDtype({ dtype }: StructuralAttributes): "float32" | "int32" | "bool" {
  return dtype === "int32" || dtype === "bool" ? dtype : "float32";
}
