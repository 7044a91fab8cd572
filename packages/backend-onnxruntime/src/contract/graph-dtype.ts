/** Element types a graph's inputs and outputs may have. */
export type GraphDtype =
  | "float32"
  | "float64"
  | "float16"
  | "bfloat16"
  | "int32"
  | "int64"
  | "uint32"
  | "uint8"
  | "bool";
