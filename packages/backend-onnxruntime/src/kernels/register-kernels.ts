import { getKernelsForBackend, type KernelConfig, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";
import { OnnxRuntimeBackend } from "../backend/onnxruntime-backend.js";
import type { LazyKernel } from "../contract/lazy-kernel.js";
import { EngineError } from "../errors/engine-error.js";
import { ALIAS_KERNELS } from "./alias-kernels.js";
import { HOST_KERNELS } from "./host-kernels.js";
import { LAZY_KERNELS } from "./registry.js";
import { input } from "./kernel-inputs.js";

/** Kernels that look at values on the host by their nature: no warning tells users to avoid them. */
const AT_HOME_ON_THE_HOST = new Set([
  "BroadcastArgs",
  "Multinomial",
  "NonMaxSuppressionV3",
  "NonMaxSuppressionV4",
  "NonMaxSuppressionV5",
  "RaggedGather",
  "RaggedRange",
  "RaggedTensorToTensor",
  "SparseFillEmptyRows",
  "SparseReshape",
  "Unique",
]);

/** Tells tfjs about every kernel of this backend; those without a lowering run on the cpu backend. */
export function registerKernels(backendName: string): void {
  for (const { kernelName } of getKernelsForBackend(backendName)) unregisterKernel(kernelName, backendName);
  const configs = new Map<string, KernelConfig>();
  for (const { kernelName } of getKernelsForBackend("cpu"))
    configs.set(kernelName, fallbackConfig(kernelName, backendName));
  for (const { name, inputName, shapeOf } of ALIAS_KERNELS) {
    configs.set(name, {
      kernelName: name,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const info = input(inputs, inputName);
        return own(backend).alias(info, shapeOf(info, attrs));
      },
    });
  }
  for (const { name, run } of HOST_KERNELS) {
    configs.set(name, {
      kernelName: name,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) => run(own(backend), inputs, attrs),
    });
  }
  for (const kernel of LAZY_KERNELS) configs.set(kernel.name, lazyConfig(kernel, backendName));
  for (const config of configs.values()) registerKernel(config);
}

/** Kernels of tfjs' cpu backend for which this one has neither a lowering nor code of its own. */
export function fallbackKernelNames(): string[] {
  const own = new Set([...ALIAS_KERNELS, ...HOST_KERNELS, ...LAZY_KERNELS].map(({ name }) => name));
  return getKernelsForBackend("cpu")
    .map(({ kernelName }) => kernelName)
    .filter((name) => !own.has(name))
    .toSorted();
}

function lazyConfig(kernel: LazyKernel, backendName: string): KernelConfig {
  return {
    kernelName: kernel.name,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => own(backend).run(kernel, inputs, attrs),
  };
}

function fallbackConfig(kernelName: string, backendName: string): KernelConfig {
  return {
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      own(backend).runFallback(kernelName, inputs, attrs, AT_HOME_ON_THE_HOST.has(kernelName)),
  };
}

function own(backend: object): OnnxRuntimeBackend {
  if (backend instanceof OnnxRuntimeBackend) return backend;
  throw new EngineError({
    code: "LIT_ENGINE_BACKEND",
    message: "A kernel of the onnxruntime backend was called with another backend.",
  });
}
