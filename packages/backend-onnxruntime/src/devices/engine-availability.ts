import type { DeviceName } from "../contract/device-name.js";
import { type LibraryOptions, locateLibrary } from "../session/library-location.js";
import type { EngineAvailability } from "./availability.js";
import { cudaAvailability } from "./cuda/cuda-availability.js";
import { webGpuAvailability } from "./webgpu/webgpu-availability.js";

export interface AvailabilityOptions extends LibraryOptions {
  /** @default "cpu" */
  readonly device?: DeviceName | undefined;
}

/**
 * Looks, without loading anything, whether graphs can run on this machine. A GPU can still turn out to be missing when
 * it is opened: only its driver knows.
 */
export function engineAvailability({ device = "cpu", ...options }: AvailabilityOptions = {}): EngineAvailability {
  if (device === "cuda") return cudaAvailability(options);
  const location = locateLibrary(options);
  if (!location.isFound) return { isAvailable: false, reason: location.reason, install: location.install };
  return device === "webgpu" ? webGpuAvailability() : { isAvailable: true };
}
