/**
 * What a bundler for browsers takes in the engine's place, by the export condition `browser`: the engine runs native
 * code in Node. Who asks for availability first, as core does, goes on with another backend.
 */
import { EngineUnavailableError } from "./errors/engine-unavailable-error.js";
import type { EngineAvailability } from "./devices/availability.js";

export { EngineError } from "./errors/engine-error.js";
export { FusedKernelError } from "./errors/fused-kernel-error.js";
export { EngineUnavailableError };

const REASON = "The engine runs native code, which browsers do not. They have webgpu, webgl, wasm and cpu.";

/** Never available, with the reason. */
export function engineAvailability(): EngineAvailability {
  return { isAvailable: false, reason: REASON };
}

/** @throws EngineUnavailableError always */
export function registerOnnxRuntime(): never {
  throw new EngineUnavailableError({ reason: REASON });
}
