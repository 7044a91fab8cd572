import type {
  DeviceName,
  OnnxRuntimeBackend,
  OperationOrigin,
  ProfileInProgress,
} from "@lightning-ts/backend-onnxruntime";
import type { Tensor } from "@tensorflow/tfjs-core";
import { BackendUnavailableError } from "../errors/backend-unavailable-error.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { isRecording, recordNode } from "../tensor/engine-internals/tape.js";
import { tf } from "../tensor/tf.js";
import { ENGINE_BACKENDS } from "./engine-backends.js";
import { type EnginePackage, importEngine, isEngineBackend } from "./engine-package.js";
import { makeCurrent, reasonOf, tfjsMemory } from "./tfjs-backend.js";
import type {
  Availability,
  BackendCapabilities,
  BackendMemory,
  BackendOptions,
  Hardware,
  PrecisionName,
  TrainingBackend,
} from "./training-backend.js";

const INSTALL = "npm install @lightning-ts/backend-onnxruntime";

const HALF_TYPES = { "bf16-mixed": "bfloat16", "16-mixed": "float16" } as const;
const MIXED = ["bf16-mixed", "16-mixed"] as const;

function capabilitiesOf(device: DeviceName): BackendCapabilities {
  return {
    trainsConvolutions: true,
    readsSynchronously: true,
    dtypes: ["float32", "int32", "bool"],
    get precisions() {
      return precisionsOf(device);
    },
    isLazy: true,
  };
}

/**
 * Halves are rounding around float32 on the processor; a GPU that has started knows which it computes in. Where all
 * results are rounded, every device can do it.
 */
function precisionsOf(device: DeviceName): readonly PrecisionName[] {
  const backend: unknown = tf.engine().registry[ENGINE_BACKENDS[device]];
  const computesIn = (dtype: "float16" | "bfloat16") =>
    device === "cpu" || (isEngineBackend(backend) && backend.computesIn(dtype));
  return ["32-true", ...MIXED.filter((name) => computesIn(HALF_TYPES[name])), "bf16-true", "16-true"];
}

/** The embedded engine: records steps and runs each as one graph. */
class OnnxRuntimeTrainingBackend implements TrainingBackend {
  readonly name: string;
  readonly capabilities: BackendCapabilities;

  constructor(readonly device: DeviceName) {
    this.name = ENGINE_BACKENDS[device];
    this.capabilities = capabilitiesOf(device);
  }

  async availability(): Promise<Availability> {
    try {
      return (await importEngine()).engineAvailability({ device: this.device });
    } catch (error) {
      return {
        isAvailable: false,
        reason: `the package @lightning-ts/backend-onnxruntime cannot be loaded (${reasonOf(error)}).`,
        install: INSTALL,
      };
    }
  }

  async initialize(options: BackendOptions): Promise<void> {
    const engine = await this.#import();
    register(engine, { ...options, device: this.device });
    try {
      await makeCurrent(this.name);
      this.#started().open();
    } catch (cause) {
      const available = engine.engineAvailability({ device: this.device });
      if (available.isAvailable && cause instanceof BackendUnavailableError) throw cause;
      throw new BackendUnavailableError({
        backend: this.name,
        reason: available.isAvailable ? reasonOf(cause) : available.reason,
        install: available.isAvailable ? undefined : available.install,
        cause,
      });
    }
  }

  async hardware(): Promise<readonly Hardware[]> {
    return (await this.#import()).deviceHardware(this.device);
  }

  memory(): BackendMemory {
    return { ...tfjsMemory(), reservedBytes: this.#started().statistics().allocatedBytes };
  }

  get threads(): number {
    return this.#started().statistics().threads;
  }

  statistics(): Readonly<Record<string, number>> {
    const { cache, compiledGraphs, copies, liveGraphs, pendingNodes, pooledBytes, runs } = this.#started().statistics();
    return {
      runs,
      compiled_graphs: compiledGraphs,
      live_graphs: liveGraphs,
      pending_nodes: pendingNodes,
      pooled_bytes: pooledBytes,
      cache_hits: cache.hits,
      cache_misses: cache.misses,
      ...(copies === undefined ? {} : { bytes_to_device: copies.toDeviceBytes, bytes_to_host: copies.toHostBytes }),
    };
  }

  startProfile(origin: () => OperationOrigin): ProfileInProgress {
    return this.#started().startProfile(origin);
  }

  submit(): void | Promise<void> {
    return this.#started().submit();
  }

  synchronize(): Promise<void> {
    return this.#started().synchronize();
  }

  rollBack(): void {
    this.#started().rollBack();
  }

  autocast<TResult>(dtype: "float16" | "bfloat16", body: () => TResult): TResult {
    return this.#started().autocast(dtype, body);
  }

  roundResults<TResult>(dtype: "float16" | "bfloat16", body: () => TResult): TResult {
    return this.#started().autocast(dtype, body, true);
  }

  roundTo(dtype: "float16" | "bfloat16", tensor: Tensor): Tensor {
    const rounded = tf.engine().makeTensorFromTensorInfo(this.#started().rounding.rounded(tensor, dtype));
    if (isRecording()) recordPassing(tensor, rounded);
    return rounded;
  }

  async #import(): Promise<EnginePackage> {
    try {
      return await importEngine();
    } catch (cause) {
      throw new BackendUnavailableError({ backend: this.name, reason: reasonOf(cause), install: INSTALL, cause });
    }
  }

  #started(): OnnxRuntimeBackend {
    const backend: unknown = tf.findBackend(this.name);
    if (isEngineBackend(backend)) return backend;
    throw new MisconfigurationError({
      message: "The backend has not been started.",
      tryThis: `await resolveBackend("${this.name}") first.`,
    });
  }
}

/** The gradient of what is rounded is that of the result. */
function recordPassing(tensor: Tensor, rounded: Tensor): void {
  recordNode({
    kernelName: "lit.Round",
    inputs: { x: tensor },
    outputs: [rounded],
    saved: [],
    savedInputs: [],
    gradient: ([dy]) => (dy === null || dy === undefined ? {} : { x: () => tf.clone(dy) }),
  });
}

/** @throws MisconfigurationError where the engine has been started with other options */
function register(engine: EnginePackage, options: BackendOptions): void {
  try {
    engine.registerOnnxRuntime(options);
  } catch (cause) {
    throw new MisconfigurationError({ message: reasonOf(cause), cause });
  }
}

/** The engine on a device of this machine. */
export function onnxRuntimeBackend(device: DeviceName = "cpu"): TrainingBackend {
  return new OnnxRuntimeTrainingBackend(device);
}
