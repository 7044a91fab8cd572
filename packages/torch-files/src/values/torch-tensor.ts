import { TorchValueError } from "../errors/torch-value-error.js";
import { contiguousStrides, gatherBytes, sizeOf, swapBytes, type TensorLayout } from "./gather.js";
import { fromBfloat16, fromE4m3fn, fromE5m2, fromHalf } from "./small-floats.js";
import { factsOf, type TorchArray, type TorchDtype } from "./torch-dtypes.js";

/** The bytes that tensors lie in; several may share them. */
export interface TorchStorage {
  readonly bytes: Uint8Array;
  readonly byteOrder: "little" | "big";
  /** The device that it was on, e.g. `"cuda:0"`. */
  readonly location: string;
}

/**
 * A tensor as the file describes it: dtype, shape, and where its elements lie. `values()` copies them out.
 * @example
 * ```ts
 * import { readTorchFile, TorchTensor, torchTensor, writeTorchFile } from "@lightning-ts/torch-files";
 *
 * const { value } = readTorchFile(writeTorchFile(torchTensor("float32", [2], new Float32Array([1, 2]))));
 * if (value instanceof TorchTensor) console.log(value.dtype, value.shape, value.values()); // float32 [2] [1, 2]
 * ```
 */
export class TorchTensor {
  readonly dtype: TorchDtype;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** First element in the storage. */
  readonly offset: number;
  readonly storage: TorchStorage;
  readonly requiresGrad: boolean;

  /** The layout must lie within the storage. */
  constructor(dtype: TorchDtype, storage: TorchStorage, layout: TensorLayout, requiresGrad = false) {
    this.dtype = dtype;
    this.storage = storage;
    this.shape = layout.shape;
    this.strides = layout.strides;
    this.offset = layout.offset;
    this.requiresGrad = requiresGrad;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** The elements' bytes in order, little-endian; a copy. */
  bytes(): Uint8Array<ArrayBuffer> {
    const { sizeBytes, wordBytes } = factsOf(this.dtype);
    const bytes = gatherBytes(this.storage.bytes, this, sizeBytes);
    if (this.storage.byteOrder === "big") swapBytes(bytes, wordBytes);
    return bytes;
  }

  /**
   * The elements in order; a copy. Half precision and smaller floats become float32, exactly; a complex number is a
   * pair of numbers; bool is 0 or 1; integers of 64 bits are bigints.
   */
  values(): TorchArray {
    const { buffer } = this.bytes();
    switch (this.dtype) {
      case "float32":
      case "complex64":
        return new Float32Array(buffer);
      case "float64":
      case "complex128":
        return new Float64Array(buffer);
      case "float16":
      case "complex32":
        return fromHalf(new Uint16Array(buffer));
      case "bfloat16":
        return fromBfloat16(new Uint16Array(buffer));
      case "float8_e4m3fn":
        return fromE4m3fn(new Uint8Array(buffer));
      case "float8_e5m2":
        return fromE5m2(new Uint8Array(buffer));
      case "bool":
        return new Uint8Array(buffer).map((value) => (value === 0 ? 0 : 1));
      case "uint8":
        return new Uint8Array(buffer);
      case "int8":
        return new Int8Array(buffer);
      case "int16":
        return new Int16Array(buffer);
      case "uint16":
        return new Uint16Array(buffer);
      case "int32":
        return new Int32Array(buffer);
      case "uint32":
        return new Uint32Array(buffer);
      case "int64":
        return new BigInt64Array(buffer);
      case "uint64":
        return new BigUint64Array(buffer);
      default:
        return this.dtype satisfies never;
    }
  }
}

/**
 * A tensor to be written. @param values in order; of dtype bool 0 or 1, of float16 and bfloat16 their bits
 * @throws TorchValueError when values and shape do not fit
 */
export function torchTensor(dtype: TorchDtype, shape: readonly number[], values: TorchArray): TorchTensor {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const needed = sizeOf(shape) * factsOf(dtype).sizeBytes;
  if (bytes.length !== needed)
    throw new TorchValueError({
      message: "The values of a tensor do not fit its shape.",
      expected: `${needed} bytes for ${dtype} [${shape.join(", ")}]`,
      received: `${bytes.length} bytes`,
    });
  const layout = { shape: [...shape], strides: contiguousStrides(shape), offset: 0 };
  return new TorchTensor(dtype, { bytes, byteOrder: "little", location: "cpu" }, layout);
}
