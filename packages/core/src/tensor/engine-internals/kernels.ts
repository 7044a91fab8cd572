/** Kernels run without tfjs' recording, by private methods of its engine (tfjs-core 4.22). */
import {
  engine,
  getKernel,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from "@tensorflow/tfjs-core";
import { lookForTask } from "../../tasks/async-context.js";

/** Kernels found so far, for one backend: tfjs' own lookup builds a string each time. */
const foundKernels = new Map<string, KernelFunc>();
let foundFor: string | undefined;

/** The current backend's implementation of a kernel, or undefined. */
export function findKernel(name: string): KernelFunc | undefined {
  const current = engine();
  if (current.backendName !== foundFor) {
    void current.backend; // starts the default backend when none was chosen
    foundFor = current.backendName;
    foundKernels.clear();
  }
  const known = foundKernels.get(name);
  if (known !== undefined) return known;
  const kernel = getKernel(name, current.backendName)?.kernelFunc;
  if (kernel !== undefined) foundKernels.set(name, kernel);
  return kernel;
}

/** Runs a kernel of the current backend; nothing is recorded, results are tracked in the innermost scope. */
export function runKernelUnrecorded(name: string, inputs: object, attrs: object): Tensor[] {
  lookForTask();
  const current = engine();
  const { state } = current;
  const kernel = findKernel(name);
  state.kernelDepth += 1;
  try {
    if (kernel === undefined || state.profiling || current.ENV.getBool("DEBUG")) {
      const result: Tensor | Tensor[] = current.runKernel(name, inputs as NamedTensorMap, attrs as NamedAttrMap);
      return Array.isArray(result) ? result : [result];
    }
    const result = kernel({ inputs: inputs as NamedTensorMap, attrs: attrs as NamedAttrMap, backend: current.backend });
    const infos = Array.isArray(result) ? result : [result];
    const tensors: Tensor[] = [];
    for (const info of infos) tensors.push("rank" in info ? (info as Tensor) : current.makeTensorFromTensorInfo(info));
    return tensors;
  } finally {
    state.kernelDepth -= 1;
  }
}

export type CustomGradFunction = (...args: unknown[]) => {
  value: Tensor;
  gradFunc: (dy: Tensor, saved: Tensor[]) => Tensor | Tensor[];
};

/** What operations that bring their own gradient call of tfjs' engine. */
export interface CustomGradEngine {
  customGrad(f: CustomGradFunction): (...inputs: Tensor[]) => Tensor;
  runKernel(name: string, inputs: NamedTensorMap, attrs: NamedAttrMap): unknown;
}

export function customGradEngine(): CustomGradEngine {
  return engine() as unknown as CustomGradEngine;
}
