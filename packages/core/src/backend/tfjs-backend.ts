import { BackendUnavailableError } from "../errors/backend-unavailable-error.js";
import { tf } from "../tensor/tf.js";
import type {
  Availability,
  BackendCapabilities,
  BackendMemory,
  BackendOptions,
  TrainingBackend,
} from "./training-backend.js";

export interface TfjsBackendDefinition {
  readonly name: string;
  readonly capabilities: BackendCapabilities;
  readonly availability: () => Promise<Availability>;
  /** Imports what registers the tfjs backend, and applies the options. */
  readonly load: (options: BackendOptions) => Promise<unknown>;
}

/** An eager tfjs backend: what was recorded has already run. */
export function tfjsBackend({ name, capabilities, availability, load }: TfjsBackendDefinition): TrainingBackend {
  return {
    name,
    capabilities,
    availability,
    async initialize(options) {
      try {
        await load(options);
      } catch (cause) {
        throw new BackendUnavailableError({ backend: name, reason: reasonOf(cause), cause });
      }
      await makeCurrent(name);
    },
    memory: tfjsMemory,
    submit() {},
    async synchronize() {},
  };
}

/** Makes a registered tfjs backend the current one. @throws BackendUnavailableError when it does not start */
export async function makeCurrent(name: string): Promise<void> {
  if (tf.getBackend() === name) return;
  const isCurrent = await tf.setBackend(name);
  if (!isCurrent) {
    const cause = await failureOf(name);
    const reason = cause === undefined ? "it failed to start." : reasonOf(cause);
    throw new BackendUnavailableError({ backend: name, reason, cause });
  }
  await tf.ready();
}

/** Why a backend does not start: tfjs tells its log alone, and so the backend is made once more. */
async function failureOf(name: string): Promise<unknown> {
  try {
    const backend = await tf.findBackendFactory(name)?.();
    backend?.dispose();
    return undefined;
  } catch (error) {
    return error;
  }
}

export function tfjsMemory(): BackendMemory {
  const { numTensors, numBytes } = tf.memory();
  return { numTensors, usedBytes: numBytes };
}

export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? text;
}
