import * as tf from "@tensorflow/tfjs-core";
import type { OnnxRuntimeOptions } from "../backend/backend-options.js";
import { OnnxRuntimeBackend } from "../backend/onnxruntime-backend.js";
import { BACKEND_NAME, registerOnnxRuntime } from "../register-onnxruntime.js";

/** The number of threads that `LIGHTNING_TEST_THREADS` gives to all tests of a run; nothing where it is not set. */
export function threadsUnderTest(): { readonly threads?: number } {
  const threads = process.env["LIGHTNING_TEST_THREADS"];
  return threads === undefined ? {} : { threads: Number(threads) };
}

/** Makes this engine tfjs' current backend in a test file. */
export async function startBackend(options: OnnxRuntimeOptions = {}): Promise<OnnxRuntimeBackend> {
  registerOnnxRuntime(options.runner === undefined ? { ...options, ...threadsUnderTest() } : options);
  await tf.setBackend(BACKEND_NAME);
  const current = tf.backend();
  if (!(current instanceof OnnxRuntimeBackend)) throw new TypeError(`${tf.getBackend()} is tfjs' backend`);
  return current;
}
