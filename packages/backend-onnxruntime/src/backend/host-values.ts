import type { BackendValues, DataType } from "@tensorflow/tfjs-core";
import type { HostArray, HostDtype } from "../contract/graph-runner.js";
import { EngineError } from "../errors/engine-error.js";
import { elementCount } from "../graph/value-spec.js";

/** Bytes that an element of a numeric tfjs tensor takes in a buffer. */
export function bytesPerElement(dtype: DataType): number {
  return dtype === "bool" ? 1 : 4;
}

/** The element type under which the host reads and writes a tensor that lives in a buffer. */
export function hostDtypeOf(dtype: DataType): HostDtype {
  if (dtype === "int32" || dtype === "bool") return dtype;
  return "float32";
}

/** One number as the typed array that tfjs hands to users. */
export function arrayOfSingle(value: number, dtype: DataType): HostArray {
  return dtype === "int32" ? Int32Array.of(value) : Float32Array.of(value);
}

/**
 * As many numbers as the shape has. tfjs does not look at what its ops make of arrays: of `tf.add(x, [x])`, as some of
 * its layers have it, the second is a tensor [1] without a value. What is missing is NaN, what is too much is left out.
 */
export function numbersOf(values: BackendValues, shape: readonly number[], perElement = 1): ArrayLike<number> {
  const numbers = numericValues(values);
  const count = perElement * elementCount(shape);
  if (numbers.length === count) return numbers;
  return Float32Array.from({ length: count }, (_, index) => numbers[index] ?? Number.NaN);
}

/** Narrows what tfjs calls values to numbers. */
function numericValues(values: BackendValues): ArrayLike<number> {
  if (
    values instanceof Float32Array ||
    values instanceof Int32Array ||
    values instanceof Uint8Array ||
    values instanceof Uint8ClampedArray
  )
    return values;
  const numbers = Array.from(values, (value): number => {
    if (typeof value === "number" || typeof value === "boolean") return Number(value);
    throw new EngineError({
      code: "LIT_ENGINE_VALUES",
      message: "A numeric tensor cannot hold this value.",
      expected: "a number",
      received: typeof value,
    });
  });
  return numbers;
}
