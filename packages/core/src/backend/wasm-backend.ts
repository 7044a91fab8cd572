import { tf } from "../tensor/tf.js";
import { tfjsBackend } from "./tfjs-backend.js";
import type { TrainingBackend } from "./training-backend.js";
import { withoutRethrowing } from "./without-rethrowing.js";

/** tfjs on WebAssembly. It has no kernel for the gradient of a convolution's weight. */
export function wasmBackend(): TrainingBackend {
  const backend = tfjsBackend({
    name: "wasm",
    capabilities: {
      trainsConvolutions: false,
      readsSynchronously: true,
      dtypes: ["float32", "int32", "bool", "string"],
      precisions: ["32-true"],
      isLazy: false,
    },
    availability: async () =>
      "WebAssembly" in globalThis
        ? { isAvailable: true }
        : { isAvailable: false, reason: "this JavaScript engine has no WebAssembly." },
    async load({ threads }) {
      const wasm = await import("@tensorflow/tfjs-backend-wasm");
      // A bundle in parts has CommonJS as the default alone, and a browser's has ES modules without one.
      const { setThreadsCount } = "default" in wasm ? wasm.default : wasm;
      if (threads !== undefined && tf.findBackend("wasm") === null) setThreadsCount(threads);
    },
  });
  return { ...backend, initialize: (options) => withoutRethrowing(() => backend.initialize(options)) };
}
