import { type HostTensor, MisconfigurationError } from "@lightning-ts/core";
import type { LoadedValue } from "@lightning-ts/fabric";
import { PyTuple, type TorchTensor, torchTensor, type WritableValue } from "@lightning-ts/torch-files";
import { TensorBuffer } from "@tensorflow/tfjs-core";
import { isLoadedTree } from "../codecs/checkpoint-tree.js";

/** A group of an optimizer's parameters: pairs of numbers are tuples. */
export function paramGroup(group: LoadedValue): WritableValue {
  if (!isLoadedTree(group)) return toWritable(group);
  return Object.fromEntries(
    Object.entries(group).map(([name, value]) => [
      name,
      name !== "params" && isNumbers(value) ? new PyTuple([...value]) : toWritable(value),
    ]),
  );
}

function isNumbers(value: LoadedValue): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}

/** A value as it is written for Python. */
export function toWritable(value: LoadedValue): WritableValue {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (value instanceof TensorBuffer) return toTorchTensor(value);
  if (Array.isArray(value)) return value.map(toWritable);
  return isLoadedTree(value)
    ? new Map(Object.entries(value).map(([key, item]) => [key, toWritable(item)]))
    : String(value);
}

export function toTorchTensor({ shape, values, dtype }: HostTensor): TorchTensor {
  const [known, array]: [string, unknown] = [dtype, values];
  if (array instanceof Float32Array) return torchTensor("float32", shape, array);
  if (array instanceof Int32Array) return torchTensor("int32", shape, array);
  if (array instanceof Uint8Array && known === "bool") return torchTensor("bool", shape, array);
  throw new MisconfigurationError({
    code: "LIT_CKPT_KEY",
    message: "A tensor cannot be written for Python.",
    expected: "float32, int32 or bool",
    received: known,
  });
}
