import {
  engine,
  type NamedAttrMap,
  type NamedTensorMap,
  setBackend,
  tensor,
  type Tensor,
  tidy,
} from "@tensorflow/tfjs-core";
import { registerOnnxRuntime } from "../../../register-onnxruntime.js";
import { NdArray } from "./nd-array.js";

export async function useEngine(): Promise<void> {
  registerOnnxRuntime({ threads: 2 });
  await setBackend("onnxruntime");
}

/** An input of a fused kernel: numbers for float32, or int32 ones. */
export type FusedInput =
  | NdArray
  | { readonly int32: readonly number[]; readonly shape?: readonly number[] }
  | undefined;

/** Runs a fused kernel on the engine and reads all its outputs. */
export function runFused(
  kernel: string,
  inputs: Readonly<Record<string, FusedInput>>,
  attrs: NamedAttrMap = {},
): NdArray[] {
  const results = tidy(() => {
    const tensors: NamedTensorMap = {};
    for (const [name, input] of Object.entries(inputs)) if (input !== undefined) tensors[name] = toTensor(input);
    const outputs = engine().runKernel<Tensor | Tensor[]>(kernel, tensors, attrs);
    const list = Array.isArray(outputs) ? outputs : [outputs];
    return list.map((output) => ({ shape: output.shape, values: output.dataSync() }));
  });
  return results.map(({ shape, values }) => new NdArray(shape, values));
}

export function toTensor(input: Exclude<FusedInput, undefined>): Tensor {
  if (input instanceof NdArray) return tensor(Float32Array.from(input.data), [...input.shape], "float32");
  return tensor(Int32Array.from(input.int32), [...(input.shape ?? [input.int32.length])], "int32");
}
