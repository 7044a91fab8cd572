import { MisconfigurationError, type HostTensor } from "@lightning-ts/core";
import type { LoadedTree, LoadedValue } from "@lightning-ts/fabric";
import { int32Values, TorchTensor, type PlainValue } from "@lightning-ts/torch-files";
import { TensorBuffer } from "@tensorflow/tfjs-core";

/**
 * A value of a Python file as a checkpoint holds values. Floats of every width become float32, integers int32.
 * @param path keys that lead to the value, for messages
 * @throws MisconfigurationError for complex numbers, TorchValueError for integers beyond int32, each by its place
 */
export function toLoadedValue(value: PlainValue, path: readonly string[]): LoadedValue {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (value instanceof TorchTensor) return toHostTensor(value, path.join("."));
  if (Array.isArray(value)) return value.map((item, index) => toLoadedValue(item, [...path, String(index)]));
  return toLoadedTree(value, path);
}

export function toLoadedTree(value: { readonly [key: string]: PlainValue }, path: readonly string[] = []): LoadedTree {
  const tree: LoadedTree = Object.create(null);
  for (const [key, item] of Object.entries(value)) tree[key] = toLoadedValue(item, [...path, key]);
  return tree;
}

function toHostTensor(tensor: TorchTensor, name: string): HostTensor {
  const shape = [...tensor.shape];
  switch (tensor.dtype) {
    case "complex32":
    case "complex64":
    case "complex128":
      throw new MisconfigurationError({
        code: "LIT_CKPT_KEY",
        message: `The tensor ${name} holds complex numbers (${tensor.dtype}), which no module here has.`,
        tryThis: "torch.view_as_real(tensor) in Python, or leave it out.",
      });
    case "bool":
      return new TensorBuffer(
        shape,
        "bool",
        Uint8Array.from(tensor.bytes(), (byte) => (byte === 0 ? 0 : 1)),
      );
    case "float64":
    case "float32":
    case "float16":
    case "bfloat16":
    case "float8_e4m3fn":
    case "float8_e5m2":
      return new TensorBuffer(shape, "float32", Float32Array.from(tensor.values(), Number));
    default:
      return new TensorBuffer(shape, "int32", int32Values(tensor, name));
  }
}
