import { decodeJson, encodeJson, isPlainObject, MisconfigurationError, tf } from "@lightning-ts/core";
import { Tensor, type DataType } from "@tensorflow/tfjs-core";

type Numbers = Float32Array | Int32Array | Uint8Array;

/** A tensor's values on the host, as they travel between ranks. */
export class TravellingTensor {
  constructor(
    readonly values: Numbers,
    readonly shape: readonly number[],
    readonly dtype: "float32" | "int32" | "bool",
  ) {}

  toTensor(): Tensor {
    return tf.tensor(this.values, [...this.shape], this.dtype);
  }
}

/** Keys of the user that begin alike get another sign before them. */
const TENSOR_KEY = "$tensor";
const VERSION = 1;

/** A tree whose tensors were replaced by their values. */
export async function onHost(value: unknown): Promise<unknown> {
  if (value instanceof Tensor) return travelling(value);
  if (Array.isArray(value)) return Promise.all(value.map(onHost));
  if (!isPlainObject(value)) return value;
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, each]) => [key, await onHost(each)] as const),
  );
  return Object.fromEntries(entries);
}

/** The other way: values become tensors again. */
export function onDevice(value: unknown): unknown {
  if (value instanceof TravellingTensor) return value.toTensor();
  if (Array.isArray(value)) return value.map(onDevice);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, onDevice(each)]));
}

/**
 * A tree of plain values and travelling tensors as bytes: a length, JSON, and the tensors' values.
 * @throws CodecError for what is no data, such as functions
 */
export function packValue(value: unknown): Uint8Array {
  const tensors: TravellingTensor[] = [];
  const text = new TextEncoder().encode(encodeJson({ value: withoutTensors(value, tensors) }, VERSION));
  const header = 4 * Math.ceil((4 + text.length) / 4);
  const sizes = tensors.map(({ values }) => 4 * Math.ceil(values.byteLength / 4));
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + size, header));
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  let from = header;
  for (const [index, { values }] of tensors.entries()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), from);
    from += sizes[index] ?? 0;
  }
  return bytes;
}

export function unpackValue(bytes: Uint8Array): unknown {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const { value } = decodeJson(new TextDecoder().decode(bytes.subarray(4, 4 + length)), VERSION);
  const at = { byte: 4 * Math.ceil((4 + length) / 4) };
  return isPlainObject(value) ? withTensors(value["value"], bytes, at) : undefined;
}

function withoutTensors(value: unknown, tensors: TravellingTensor[]): unknown {
  if (value instanceof TravellingTensor) {
    tensors.push(value);
    return { [TENSOR_KEY]: value.dtype, shape: value.shape };
  }
  if (Array.isArray(value)) return value.map((each) => withoutTensors(each, tensors));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key.startsWith("$") ? `$${key}` : key, withoutTensors(each, tensors)]),
  );
}

function withTensors(value: unknown, bytes: Uint8Array, at: { byte: number }): unknown {
  if (Array.isArray(value)) return value.map((each) => withTensors(each, bytes, at));
  if (!isPlainObject(value)) return value;
  const dtype = value[TENSOR_KEY];
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return takeTensor(dtype, value["shape"], bytes, at);
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key.startsWith("$") ? key.slice(1) : key,
      withTensors(each, bytes, at),
    ]),
  );
}

function takeTensor(
  dtype: "float32" | "int32" | "bool",
  shape: unknown,
  bytes: Uint8Array,
  at: { byte: number },
): TravellingTensor {
  const sizes = Array.isArray(shape) ? shape.map(Number) : [];
  const length = sizes.reduce((product, size) => product * size, 1);
  const sizeBytes = dtype === "bool" ? length : 4 * length;
  const own = bytes.slice(at.byte, at.byte + sizeBytes);
  at.byte += 4 * Math.ceil(sizeBytes / 4);
  return new TravellingTensor(numbersOf(own, dtype), sizes, dtype);
}

function numbersOf(own: Uint8Array, dtype: "float32" | "int32" | "bool"): Numbers {
  if (dtype === "int32") return new Int32Array(own.buffer);
  return dtype === "bool" ? own : new Float32Array(own.buffer);
}

async function travelling(tensor: Tensor): Promise<TravellingTensor> {
  const { dtype, shape } = tensor;
  if (!isSent(dtype))
    throw new MisconfigurationError({
      code: "LIT_COLLECTIVE_VALUE",
      message: `A tensor of ${dtype} cannot travel between ranks.`,
      expected: "float32, int32 or bool",
      received: dtype,
    });
  const values: Numbers = await tensor.data<"float32" | "int32" | "bool">();
  return new TravellingTensor(values, shape, dtype);
}

function isSent(dtype: DataType): dtype is "float32" | "int32" | "bool" {
  return dtype === "float32" || dtype === "int32" || dtype === "bool";
}
