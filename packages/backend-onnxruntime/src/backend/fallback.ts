import {
  getKernel,
  type BackendValues,
  type DataType,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import type { LazyKernel, Recording } from "../contract/lazy-kernel.js";
import { EngineError } from "../errors/engine-error.js";
import { elementCount } from "../graph/value-spec.js";
import type { DataStore } from "./data-store.js";

/** What the copies are made from, and what takes the results. */
interface TensorHost {
  readonly store: Pick<DataStore, "get">;
  readSync(dataId: object): BackendValues;
  makeTensorInfo(values: BackendValues, shape: number[], dtype: DataType): TensorInfo;
}

export interface FallbackResult {
  readonly result: TensorInfo | TensorInfo[];
  /** False for what never has a lowering: strings, complex numbers, empty tensors. */
  readonly isWorthAWarning: boolean;
}

/** Empty tensors have their own rules in tfjs, and nothing to compute: its cpu kernels know them. */
export function isLeftToCpu(kernel: LazyKernel, recording: Recording): boolean {
  const isEmpty = recording.outputs.some(isEmptyShape) || recording.inputs.some(isEmptyShape);
  return isEmpty && getKernel(kernel.name, "cpu") !== undefined;
}

function isEmptyShape({ shape }: { readonly shape: readonly number[] }): boolean {
  for (let i = 0; i < shape.length; i++) if (shape[i] === 0) return true;
  return false;
}

/**
 * Runs tfjs' `cpu` kernel on copies of the inputs and copies its results back.
 * Handing it our own tensors would recurse: what it makes from them would be tracked here again.
 */
export function runOnCpu(
  backend: TensorHost,
  kernelName: string,
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap | undefined,
): FallbackResult {
  const kernel = getKernel(kernelName, "cpu");
  const cpu = cpuBackend();
  if (kernel === undefined) {
    throw new EngineError({
      code: "LIT_ENGINE_KERNEL",
      message: `The kernel ${kernelName} has neither a lowering for these inputs nor a cpu kernel.`,
    });
  }
  const made: TensorInfo[] = [];
  try {
    const copied = mapInputs(inputs, (info) => {
      const copy = copyToCpu(backend, cpu, info);
      made.push(copy);
      // Some kernels look at properties that only tensors have.
      return Object.assign(copy, { rank: info.shape.length, size: elementCount(info.shape) });
    });
    const outputs = kernel.kernelFunc({ inputs: copied, backend: cpu, ...(attrs === undefined ? {} : { attrs }) });
    const list = Array.isArray(outputs) ? outputs : [outputs];
    made.push(...list);
    const results = list.map((info) => backend.makeTensorInfo(cpu.readSync(info.dataId), info.shape, info.dtype));
    const [first] = results;
    const isWorthAWarning = made.every(
      (info) => info.dtype !== "string" && info.dtype !== "complex64" && !info.shape.includes(0),
    );
    return { result: Array.isArray(outputs) || first === undefined ? results : first, isWorthAWarning };
  } finally {
    for (const info of new Set(made)) cpu.disposeData(info.dataId, true);
  }
}

let privateCpu: MathBackendCPU | undefined;

function cpuBackend(): MathBackendCPU {
  privateCpu ??= new MathBackendCPU();
  // Its first use prints an advertisement for another backend.
  Reflect.set(privateCpu, "firstUse", false);
  return privateCpu;
}

/** Some kernels take a list under the type of a map, others lists inside the map; they stay lists. */
function mapInputs(inputs: NamedTensorInfoMap, copy: (info: TensorInfo) => TensorInfo): NamedTensorInfoMap {
  const copied: NamedTensorInfoMap = Object.assign(Array.isArray(inputs) ? [] : {});
  for (const [name, info] of Object.entries(inputs)) {
    if (info === undefined || info === null) continue;
    Reflect.set(copied, name, Array.isArray(info) ? info.map(copy) : copy(info));
  }
  return copied;
}

function copyToCpu(backend: TensorHost, cpu: MathBackendCPU, info: TensorInfo): TensorInfo {
  const { host } = backend.store.get(info.dataId);
  if (host?.kind !== "complex") return cpu.makeTensorInfo(info.shape, info.dtype, backend.readSync(info.dataId));
  const inputs = {
    real: cpu.makeTensorInfo(info.shape, "float32", host.real.slice()),
    imag: cpu.makeTensorInfo(info.shape, "float32", host.imag.slice()),
  };
  const complex = getKernel("Complex", "cpu").kernelFunc({ inputs, backend: cpu });
  cpu.disposeIntermediateTensorInfo(inputs.real);
  cpu.disposeIntermediateTensorInfo(inputs.imag);
  return Array.isArray(complex) ? inputs.real : complex;
}
