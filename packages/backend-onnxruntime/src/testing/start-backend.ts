import * as tf from "@tensorflow/tfjs-core";
import type { OnnxRuntimeOptions } from "../backend/backend-options.js";
import { OnnxRuntimeBackend } from "../backend/onnxruntime-backend.js";
import { BACKEND_NAME, registerOnnxRuntime } from "../register-onnxruntime.js";

/** Makes this engine tfjs' current backend in a test file. */
export async function startBackend(options: OnnxRuntimeOptions = {}): Promise<OnnxRuntimeBackend> {
  registerOnnxRuntime(options);
  await tf.setBackend(BACKEND_NAME);
  const current = tf.backend();
  if (!(current instanceof OnnxRuntimeBackend)) throw new TypeError(`${tf.getBackend()} is tfjs' backend`);
  return current;
}
