import type { BackendValues, DataType } from "@tensorflow/tfjs-core";
import type { GraphBuffer } from "../contract/graph-runner.js";
import { EngineError } from "../errors/engine-error.js";

type NumericArray = Float32Array | Int32Array | Uint8Array;

/** Bytes that an element of a numeric tfjs tensor takes in a buffer. */
export function bytesPerElement(dtype: DataType): number {
  return dtype === "bool" ? 1 : 4;
}

/** Copies values of the host into a buffer. */
export function copyToBuffer(values: ArrayLike<number>, dtype: DataType, buffer: GraphBuffer): void {
  const target = viewOf(buffer, dtype, values.length);
  target.set(values);
  if (dtype !== "bool") return;
  // ONNX Runtime takes every byte but 0 and 1 for something undefined.
  for (let i = 0; i < target.length; i++) if (target[i] !== 0) target[i] = 1;
}

/** A copy of a buffer's content, as tfjs hands it to users. */
export function copyFromBuffer(buffer: GraphBuffer, dtype: DataType, size: number): NumericArray {
  return viewOf(buffer, dtype, size).slice();
}

/** One number as the typed array that tfjs hands to users. */
export function arrayOfSingle(value: number, dtype: DataType): NumericArray {
  return dtype === "int32" ? Int32Array.of(value) : Float32Array.of(value);
}

/** Narrows what tfjs calls values to numbers. */
export function numericValues(values: BackendValues): ArrayLike<number> {
  if (values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array || values instanceof Uint8ClampedArray) return values;
  const numbers = Array.from(values, (value): number => {
    if (typeof value === "number" || typeof value === "boolean") return Number(value);
    throw new EngineError({ code: "LIT_ENGINE_VALUES", message: "A numeric tensor cannot hold this value.", expected: "a number", received: typeof value });
  });
  return numbers;
}

/** The buffer itself as a typed array: not a copy. */
export function viewOf(buffer: GraphBuffer, dtype: DataType, size: number): NumericArray {
  if (dtype === "bool") return new Uint8Array(buffer.memory, 0, size);
  return dtype === "int32" ? new Int32Array(buffer.memory, 0, size) : new Float32Array(buffer.memory, 0, size);
}
