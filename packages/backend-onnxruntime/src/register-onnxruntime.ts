import "@tensorflow/tfjs-backend-cpu";
import { findBackendFactory, registerBackend } from "@tensorflow/tfjs-core";
import type { DeviceName } from "./contract/device-name.js";
import type { OnnxRuntimeOptions } from "./backend/backend-options.js";
import { checkOptions, refuseOtherOptions } from "./backend/check-options.js";
import { modelDump } from "./backend/model-dump.js";
import { OnnxRuntimeBackend } from "./backend/onnxruntime-backend.js";
import { watchAssignments } from "./backend/watch-assignments.js";
import { registerKernels } from "./kernels/register-kernels.js";
import { openGraphRunner } from "./devices/open-graph-runner.js";

/** The name under which tfjs knows the backend of the processor. */
export const BACKEND_NAME = "onnxruntime";

const DEFAULT_CACHE_SIZE = 64;
const DEFAULT_MAX_GRAPH_NODES = 8192;
/** Above tfjs' own cpu (1) and wasm (2) backends. */
const PRIORITY = 4;

/** A backend that tfjs knows, and how it was registered. */
interface Registered {
  options: OnnxRuntimeOptions;
  started: OnnxRuntimeBackend | undefined;
}

const registered = new Map<string, Registered>();

/** The name under which tfjs knows the backend of a device. */
export function backendNameOf(device: DeviceName = "cpu"): string {
  return device === "cpu" ? BACKEND_NAME : `${BACKEND_NAME}-${device}`;
}

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
export function registerOnnxRuntime(given: OnnxRuntimeOptions = {}): void {
  checkOptions(given);
  const options = { ...given, device: given.device ?? "cpu" };
  const name = backendNameOf(options.device);
  const known = registered.get(name);
  if (known !== undefined && findBackendFactory(name) !== null) {
    const threads = known.options.threads ?? options.threads;
    refuseOtherOptions({ ...known.options, threads }, options);
    if (threads !== undefined && known.options.threads === undefined) known.started?.chooseThreads(threads);
    known.options = { ...known.options, threads };
    return;
  }
  const entry: Registered = { options, started: undefined };
  registered.set(name, entry);
  registerBackend(name, () => (entry.started = createBackend(entry.options)), priorityOf(options.device));
  registerKernels(name);
  watchAssignments();
}

/** A GPU is chosen by whoever asks for one: tfjs by itself takes the processor. */
function priorityOf(device: DeviceName = "cpu"): number {
  return device === "cpu" ? PRIORITY : 0;
}

function createBackend(options: OnnxRuntimeOptions): OnnxRuntimeBackend {
  const warn = options.onWarning ?? ((message) => console.warn(message));
  return new OnnxRuntimeBackend({
    runner:
      options.runner ??
      openGraphRunner({
        device: options.device,
        powerPreference: options.powerPreference,
        deviceIndex: options.deviceIndex,
        tf32: options.tf32,
        pinMemory: options.pinMemory,
        libraryPath: options.libraryPath,
        threads: options.threads,
        onWarning: warn,
      }),
    cacheSize: options.cacheSize ?? DEFAULT_CACHE_SIZE,
    maxGraphNodes: options.maxGraphNodes ?? DEFAULT_MAX_GRAPH_NODES,
    isDebugging: options.debug ?? false,
    onModel: modelDump(options.dumpModel),
    ownsRunner: options.runner === undefined,
    warn,
  });
}
