import type { GraphDtype } from "../contract/graph-dtype.js";

interface ElementType {
  /** `TensorProto.DataType` of onnx.proto; the C API's `ONNXTensorElementDataType` uses the same numbers. */
  readonly code: number;
  readonly sizeBytes: number;
}

const ELEMENT_TYPES: Readonly<Record<GraphDtype, ElementType>> = {
  float32: { code: 1, sizeBytes: 4 },
  uint8: { code: 2, sizeBytes: 1 },
  int32: { code: 6, sizeBytes: 4 },
  int64: { code: 7, sizeBytes: 8 },
  bool: { code: 9, sizeBytes: 1 },
  float16: { code: 10, sizeBytes: 2 },
  float64: { code: 11, sizeBytes: 8 },
  uint32: { code: 12, sizeBytes: 4 },
  bfloat16: { code: 16, sizeBytes: 2 },
};

/** The number that ONNX files and ONNX Runtime's C API use for `dtype`. */
export function elementTypeCode(dtype: GraphDtype): number {
  return ELEMENT_TYPES[dtype].code;
}

/** Bytes of one element. */
export function elementSizeBytes(dtype: GraphDtype): number {
  return ELEMENT_TYPES[dtype].sizeBytes;
}

/** Bytes of a tensor of `shape`; 0 if it is empty. */
export function tensorSizeBytes(dtype: GraphDtype, shape: readonly number[]): number {
  let size = ELEMENT_TYPES[dtype].sizeBytes;
  for (const extent of shape) size *= extent;
  return size;
}
