import { MisconfigurationError, type HostTensor } from "@lightning-ts/core";
import { TensorBuffer, type DataType, type DataTypeMap, type Rank } from "@tensorflow/tfjs-core";
import type { NumberArray, NumberType } from "./number-array.js";

/** What an array of a file holds. */
export type DataArrayType = NumberType | "bool" | "text";

/**
 * An array of a file: numbers or texts with a shape, the last dimension beside each other.
 * @example
 * ```ts
 * import { TensorDataset } from "@lightning-ts/core";
 * import { DataArray } from "@lightning-ts/data";
 *
 * const pixels = new DataArray("uint8", [2, 3], Uint8Array.of(1, 2, 3, 4, 5, 6)); // as readNpy and readIdx give it
 * console.log(new TensorDataset(pixels.tensor()).length); // 2
 * ```
 */
export class DataArray {
  readonly type: DataArrayType;
  readonly shape: readonly number[];
  /** As wide as in the file: bytes stay bytes, and the file's own memory is used where that is possible. */
  readonly values: NumberArray | readonly string[];

  constructor(type: DataArrayType, shape: readonly number[], values: NumberArray | readonly string[]) {
    this.type = type;
    this.shape = shape;
    this.values = values;
  }

  /**
   * The array as a tensor of the host, for a `TensorDataset`: floats as float32, integers as int32 (bytes stay bytes
   * until they are batched), bool as bool, texts as string.
   * @throws MisconfigurationError for integers that no int32 holds
   */
  tensor(): HostTensor {
    const { values } = this;
    if (!isNumbers(values)) return host([...values], this.shape, "string");
    if (values instanceof Float32Array) return host(values, this.shape, "float32");
    if (values instanceof Float64Array) return host(Float32Array.from(values), this.shape, "float32");
    if (values instanceof Uint8Array) return host(values, this.shape, this.type === "bool" ? "bool" : "int32");
    if (values instanceof Int32Array) return host(values, this.shape, "int32");
    return host(toInt32(values), this.shape, "int32");
  }
}

function host(values: DataTypeMap[DataType], shape: readonly number[], dtype: DataType): HostTensor {
  return new TensorBuffer<Rank, DataType>([...shape], dtype, values);
}

function isNumbers(values: NumberArray | readonly string[]): values is NumberArray {
  return ArrayBuffer.isView(values);
}

function toInt32(values: ArrayLike<number | bigint>): Int32Array {
  const result = new Int32Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    const value = Number(values[i]);
    result[i] = value;
    if (result[i] === value) continue;
    throw new MisconfigurationError({
      message: `The array holds an integer at position ${i} that no int32 holds.`,
      received: String(values[i]),
      tryThis: "its values, which are as wide as in the file, or another type in the file.",
    });
  }
  return result;
}
