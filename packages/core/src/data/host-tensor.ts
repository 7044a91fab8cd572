import { TensorBuffer, type DataType, type DataTypeMap, type Rank } from "@tensorflow/tfjs-core";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";

/** Numbers (or strings) with a shape and a dtype, in ordinary memory. */
export type HostTensor = TensorBuffer<Rank, DataType>;

/** Typed arrays that become tensors: floats as float32, integers as int32. */
export type FloatArray = Float32Array | Float64Array;
export type IntegerArray = Int32Array | Uint8Array | Uint8ClampedArray | Int8Array | Int16Array | Uint16Array;

export function isFloatArray(value: unknown): value is FloatArray {
  return value instanceof Float32Array || value instanceof Float64Array;
}

export function isIntegerArray(value: unknown): value is IntegerArray {
  return (
    value instanceof Int32Array ||
    value instanceof Uint8Array ||
    value instanceof Uint8ClampedArray ||
    value instanceof Int8Array ||
    value instanceof Int16Array ||
    value instanceof Uint16Array
  );
}

/** Values of a tensor as they lie in memory, rows one after another. */
export type HostValues = FloatArray | IntegerArray | readonly string[];

/** Memory for `size` values of a dtype. */
export function allocateValues(dtype: DataType, size: number): DataTypeMap[DataType] {
  switch (dtype) {
    case "float32":
      return new Float32Array(size);
    case "int32":
      return new Int32Array(size);
    case "bool":
      return new Uint8Array(size);
    case "string":
      return Array.from<string>({ length: size }).fill("");
    case "complex64":
      throw new MisconfigurationError({
        message: "complex64 values cannot be batched.",
        tryThis: "real and imaginary parts as two float32 items.",
      });
  }
}

/** Copies `count` values to `target[targetStart…]`, converting between number types as typed arrays do. */
export function copyValues(
  source: HostValues,
  sourceStart: number,
  count: number,
  target: DataTypeMap[DataType],
  targetStart: number,
): void {
  if (Array.isArray(target)) {
    for (let i = 0; i < count; i += 1) target[targetStart + i] = String(source[sourceStart + i]);
    return;
  }
  if (isStrings(source))
    throw new MisconfigurationError({
      message: "Strings cannot become numbers.",
      expected: 'a batch of dtype "string"',
    });
  if (count === 1) target[targetStart] = source[sourceStart] ?? 0;
  else target.set(source.subarray(sourceStart, sourceStart + count), targetStart);
}

function isStrings(values: HostValues): values is readonly string[] {
  return Array.isArray(values);
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

/** A host tensor around existing values; nothing is copied. */
export function hostTensor(values: DataTypeMap[DataType], shape: readonly number[], dtype: DataType): HostTensor {
  return new TensorBuffer<Rank, DataType>([...shape], dtype, values);
}
