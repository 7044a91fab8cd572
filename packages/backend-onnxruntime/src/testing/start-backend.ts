import * as tf from "@tensorflow/tfjs-core";
import type { OnnxRuntimeOptions } from "../backend/backend-options.js";
import { OnnxRuntimeBackend } from "../backend/onnxruntime-backend.js";
import { BACKEND_NAME, registerOnnxRuntime } from "../register-onnxruntime.js";

/** Makes this engine tfjs' current backend in a test file; `LIGHTNING_TEST_THREADS` gives a number of threads to all of them. */
export async function startBackend(options: OnnxRuntimeOptions = {}): Promise<OnnxRuntimeBackend> {
  const threads = process.env["LIGHTNING_TEST_THREADS"];
  registerOnnxRuntime(threads === undefined || options.runner !== undefined ? options : { threads: Number(threads), ...options });
  await tf.setBackend(BACKEND_NAME);
  const current = tf.backend();
  if (!(current instanceof OnnxRuntimeBackend)) throw new TypeError(`${tf.getBackend()} is tfjs' backend`);
  return current;
}
