import { availableBackends } from "./backend-registry.js";

/**
 * For tests that hold on every backend: those that this machine has, in a fixed order. wasm is left to tests of its
 * own.
 */
export async function backendsUnderTest(): Promise<string[]> {
  const found = await availableBackends();
  return ["cpu", "onnxruntime", "tensorflow"].filter((name) =>
    found.some((backend) => backend.name === name && backend.availability.isAvailable),
  );
}
