import type { OnnxRuntimeBackend } from "@lightning-ts/backend-onnxruntime";
import { importEngine, isEngineBackend } from "../backend/engine-package.js";
import { onnxRuntimeBackend } from "../backend/onnxruntime-backend.js";
import { BackendUnavailableError } from "../errors/backend-unavailable-error.js";
import { tf } from "../tensor/tf.js";

const NAME = "onnxruntime";

/**
 * Runs `body` with the engine as tfjs' backend, whichever is in use before and afterwards. `body` does not wait, so
 * nothing else runs on the wrong backend.
 * @throws BackendUnavailableError where the engine cannot run
 */
export async function onEngine<TResult>(body: (backend: OnnxRuntimeBackend) => TResult): Promise<TResult> {
  const backend = await startedEngine();
  await backend.synchronize();
  const before: string | undefined = tf.getBackend();
  if (before === NAME) return body(backend);
  // Both backends are there, so that tfjs changes them before it returns its promise.
  const changed = tf.setBackend(NAME);
  let back: Promise<boolean> | undefined;
  try {
    return body(backend);
  } finally {
    if (before !== undefined) back = tf.setBackend(before);
    await Promise.all([changed, back]);
  }
}

async function startedEngine(): Promise<OnnxRuntimeBackend> {
  const availability = await onnxRuntimeBackend().availability();
  if (!availability.isAvailable) throw new BackendUnavailableError({ backend: NAME, ...availability });
  const engine = await importEngine();
  const known: unknown = tf.findBackend(NAME);
  if (isEngineBackend(known)) return known;
  engine.registerOnnxRuntime();
  const started: unknown = tf.findBackend(NAME);
  if (isEngineBackend(started)) return started;
  throw new BackendUnavailableError({ backend: NAME, reason: "it does not start." });
}
