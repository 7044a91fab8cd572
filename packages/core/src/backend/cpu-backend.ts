import { tfjsBackend } from "./tfjs-backend.js";
import type { TrainingBackend } from "./training-backend.js";

/** tfjs' own backend in plain JavaScript: always there, and slow. */
export function cpuBackend(): TrainingBackend {
  return tfjsBackend({
    name: "cpu",
    capabilities: {
      trainsConvolutions: true,
      readsSynchronously: true,
      dtypes: ["float32", "int32", "bool", "complex64", "string"],
      precisions: ["32-true"],
      isLazy: false,
    },
    availability: async () => ({ isAvailable: true }),
    load: () => import("@tensorflow/tfjs-backend-cpu"),
  });
}
