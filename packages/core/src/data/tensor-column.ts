import { TensorBuffer } from "@tensorflow/tfjs-core";
import {
  hostTensor,
  isFloatArray,
  isIntegerArray,
  type FloatArray,
  type HostTensor,
  type IntegerArray,
} from "./host-tensor.js";

/** A column of a TensorDataset: a TensorBuffer [N, ...], or a typed array with one number per item. */
export type TensorColumn = HostTensor | FloatArray | IntegerArray;

/** A column with the same numbers in memory that threads share; strings, and what is there already, stay. */
export function sharedColumn(column: TensorColumn): TensorColumn {
  const values: unknown = column instanceof TensorBuffer ? column.values : column;
  if (!isFloatArray(values) && !isIntegerArray(values)) return column;
  if (typeof SharedArrayBuffer === "undefined" || values.buffer instanceof SharedArrayBuffer) return column;
  const shared: unknown = Reflect.construct(values.constructor, [new SharedArrayBuffer(values.byteLength)]);
  if (!isFloatArray(shared) && !isIntegerArray(shared)) return column;
  shared.set(values);
  if (!(column instanceof TensorBuffer)) return shared;
  const isOfTensors = shared instanceof Float32Array || shared instanceof Int32Array || shared instanceof Uint8Array;
  return isOfTensors ? hostTensor(shared, column.shape, column.dtype) : column;
}
