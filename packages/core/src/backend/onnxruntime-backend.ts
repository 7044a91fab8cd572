import type * as engineModule from "@lightning-ts/backend-onnxruntime";
import type { OnnxRuntimeBackend } from "@lightning-ts/backend-onnxruntime";
import { BackendUnavailableError } from "../errors/backend-unavailable-error.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { tf } from "../tensor/tf.js";
import { makeCurrent, reasonOf, tfjsMemory } from "./tfjs-backend.js";
import type { Availability, BackendCapabilities, BackendMemory, BackendOptions, TrainingBackend } from "./training-backend.js";

const INSTALL = "npm install @lightning-ts/backend-onnxruntime";

/** The embedded engine: records steps and runs each as one graph. */
class OnnxRuntimeTrainingBackend implements TrainingBackend {
  readonly name = "onnxruntime";
  readonly capabilities: BackendCapabilities = {
    trainsConvolutions: true,
    readsSynchronously: true,
    dtypes: ["float32", "int32", "bool"],
    precisions: ["32-true", "bf16-mixed", "16-mixed"],
    isLazy: true,
  };
  #engine: OnnxRuntimeBackend | undefined;
  #startedWith: string | undefined;

  async availability(): Promise<Availability> {
    try {
      return (await importEngine()).engineAvailability();
    } catch (error) {
      return { isAvailable: false, reason: `the package @lightning-ts/backend-onnxruntime cannot be loaded (${reasonOf(error)}).`, install: INSTALL };
    }
  }

  async initialize(options: BackendOptions): Promise<void> {
    this.#refuseOtherOptions(options);
    const engine = await this.#import();
    engine.registerOnnxRuntime(options);
    try {
      await makeCurrent(this.name);
    } catch (cause) {
      const available = engine.engineAvailability();
      throw new BackendUnavailableError({ backend: this.name, reason: available.isAvailable ? reasonOf(cause) : available.reason, install: available.isAvailable ? undefined : available.install, cause });
    }
    const backend: unknown = tf.backend();
    if (backend instanceof engine.OnnxRuntimeBackend) this.#engine = backend;
    this.#startedWith = JSON.stringify(options);
  }

  memory(): BackendMemory {
    return { ...tfjsMemory(), reservedBytes: this.#started().statistics().allocatedBytes };
  }

  submit(): void | Promise<void> {
    return this.#started().submit();
  }

  synchronize(): Promise<void> {
    return this.#started().synchronize();
  }

  autocast<TResult>(dtype: "float16" | "bfloat16", body: () => TResult): TResult {
    return this.#started().autocast(dtype, body);
  }

  async #import(): ReturnType<typeof importEngine> {
    try {
      return await importEngine();
    } catch (cause) {
      throw new BackendUnavailableError({ backend: this.name, reason: reasonOf(cause), install: INSTALL, cause });
    }
  }

  #refuseOtherOptions(options: BackendOptions): void {
    const wanted = JSON.stringify(options);
    if (this.#startedWith === undefined || wanted === this.#startedWith || Object.keys(options).length === 0) return;
    throw new MisconfigurationError({
      message: "The engine already runs with other options; its threads belong to the process.",
      expected: this.#startedWith,
      received: wanted,
      tryThis: "give the options the first time the backend is used, or start another process.",
    });
  }

  #started(): OnnxRuntimeBackend {
    if (this.#engine !== undefined) return this.#engine;
    throw new MisconfigurationError({ message: "The backend has not been started.", tryThis: 'await resolveBackend("onnxruntime") first.' });
  }
}

function importEngine(): Promise<typeof engineModule> {
  // oxlint-disable-next-line no-restricted-imports -- the one place where core loads the engine, when somebody asks for it
  return import("@lightning-ts/backend-onnxruntime");
}

export function onnxRuntimeBackend(): TrainingBackend {
  return new OnnxRuntimeTrainingBackend();
}
