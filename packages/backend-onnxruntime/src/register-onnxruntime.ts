import "@tensorflow/tfjs-backend-cpu";
import { findBackendFactory, registerBackend } from "@tensorflow/tfjs-core";
import type { OnnxRuntimeOptions } from "./backend/backend-options.js";
import { checkOptions, refuseOtherOptions } from "./backend/check-options.js";
import { modelDump } from "./backend/model-dump.js";
import { OnnxRuntimeBackend } from "./backend/onnxruntime-backend.js";
import { watchAssignments } from "./backend/watch-assignments.js";
import { registerKernels } from "./kernels/register-kernels.js";
import { openGraphRunner } from "./devices/open-graph-runner.js";

/** The name under which tfjs knows this backend. */
export const BACKEND_NAME = "onnxruntime";

const DEFAULT_CACHE_SIZE = 64;
const DEFAULT_MAX_GRAPH_NODES = 8192;
/** Above tfjs' own cpu (1) and wasm (2) backends. */
const PRIORITY = 4;

let registeredWith: OnnxRuntimeOptions = {};
let started: OnnxRuntimeBackend | undefined;

/**
 * Registers the tfjs backend `"onnxruntime"`; `tf.setBackend("onnxruntime")` then starts it. Calling it again is
 * harmless, and may choose the number of threads while nothing has been computed.
 * @throws EngineError for an unknown or unusable option, and for one that differs from the first call's
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs-core";
 * import { registerOnnxRuntime } from "@lightning-ts/backend-onnxruntime";
 *
 * registerOnnxRuntime({ threads: 2 });
 * await tf.setBackend("onnxruntime");
 * console.log(await tf.matMul(tf.ones([64, 784]), tf.ones([784, 10])).data());
 * ```
 */
export function registerOnnxRuntime(options: OnnxRuntimeOptions = {}): void {
  checkOptions(options);
  if (findBackendFactory(BACKEND_NAME) !== null) {
    const threads = registeredWith.threads ?? options.threads;
    refuseOtherOptions({ ...registeredWith, threads }, options);
    if (threads !== undefined && registeredWith.threads === undefined) started?.chooseThreads(threads);
    registeredWith = { ...registeredWith, threads };
    return;
  }
  registeredWith = options;
  started = undefined;
  registerBackend(BACKEND_NAME, startBackend, PRIORITY);
  registerKernels(BACKEND_NAME);
  watchAssignments();
}

function startBackend(): OnnxRuntimeBackend {
  started = createBackend(registeredWith);
  return started;
}

function createBackend(options: OnnxRuntimeOptions): OnnxRuntimeBackend {
  const warn = options.onWarning ?? ((message) => console.warn(message));
  return new OnnxRuntimeBackend({
    runner:
      options.runner ??
      openGraphRunner({ libraryPath: options.libraryPath, threads: options.threads, onWarning: warn }),
    cacheSize: options.cacheSize ?? DEFAULT_CACHE_SIZE,
    maxGraphNodes: options.maxGraphNodes ?? DEFAULT_MAX_GRAPH_NODES,
    isDebugging: options.debug ?? false,
    onModel: modelDump(options.dumpModel),
    ownsRunner: options.runner === undefined,
    warn,
  });
}
