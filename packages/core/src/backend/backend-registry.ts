import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { tf } from "../tensor/tf.js";
import { cpuBackend } from "./cpu-backend.js";
import { onnxRuntimeBackend } from "./onnxruntime-backend.js";
import { tensorflowBackend } from "./tensorflow-backend.js";
import type { Availability, TrainingBackend } from "./training-backend.js";
import { wasmBackend } from "./wasm-backend.js";

/** In the order in which "auto" tries them. */
const OF_THE_PROCESSOR = [onnxRuntimeBackend(), tensorflowBackend(), wasmBackend(), cpuBackend()];
/** Those that somebody has to ask for: a GPU is an accelerator of its own. */
const OF_GPUS = [onnxRuntimeBackend("cuda"), onnxRuntimeBackend("webgpu")];

const backends = new Map<string, TrainingBackend>(
  [...OF_THE_PROCESSOR, ...OF_GPUS].map((backend) => [backend.name, backend]),
);
let current: TrainingBackend | undefined;

/** Makes a backend known by its name, so that it can be asked for; "auto" tries it after the others. */
export function registerBackend(backend: TrainingBackend): void {
  backends.set(backend.name, backend);
}

export function knownBackends(): readonly TrainingBackend[] {
  return [...backends.values()];
}

/** The backends among which "auto" chooses, in that order. */
export function automaticBackends(): readonly TrainingBackend[] {
  return knownBackends().filter((backend) => !OF_GPUS.includes(backend));
}

/** All known backends, in the order of "auto", and whether they can run here. */
export async function availableBackends(): Promise<{ readonly name: string; readonly availability: Availability }[]> {
  return Promise.all(
    knownBackends().map(async (backend) => ({ name: backend.name, availability: await backend.availability() })),
  );
}

export function setCurrentBackend(backend: TrainingBackend): void {
  current = backend;
}

/**
 * The backend that computes now.
 * @throws MisconfigurationError when none was chosen
 */
export function currentBackend(): TrainingBackend {
  const name: string | undefined = tf.getBackend();
  if (current !== undefined && (name === undefined || name === current.name)) return current;
  const chosen = name === undefined ? undefined : backends.get(name);
  if (chosen !== undefined) return chosen;
  throw new MisconfigurationError({
    message: name === undefined ? "No backend has been chosen." : `The tfjs backend "${name}" is not known here.`,
    tryThis: 'await resolveBackend("auto"), or registerBackend(…) with your own.',
  });
}
