import type { EngineAvailability } from "../availability.js";
import type { Hardware } from "../hardware.js";
import { vulkanAdapters } from "./vulkan-adapters.js";

/** Whether there is an adapter that WebGPU can use, a software one included. */
export function webGpuAvailability(): EngineAvailability {
  const adapters = webGpuAdapters();
  if (adapters === undefined)
    return {
      isAvailable: false,
      reason: "Vulkan's loader (libvulkan.so.1), through which WebGPU reaches the GPU, is not installed.",
      install: "apt-get install libvulkan1 (or: dnf install vulkan-loader)",
    };
  if (adapters.length > 0) return { isAvailable: true };
  return {
    isAvailable: false,
    reason: "Vulkan finds no GPU: there is none, or its driver does not bring a Vulkan part.",
    install: "install the driver of your GPU; vulkaninfo --summary then lists it",
  };
}

/**
 * The adapters that WebGPU chooses from; software ones last, as it takes them only where there is no other.
 * @returns `undefined` where they cannot be reached
 */
export function webGpuAdapters(): readonly Hardware[] | undefined {
  // Metal and Direct3D 12 are parts of their systems, with a GPU behind them.
  if (process.platform === "darwin") return [{ name: "Metal", isSoftware: false }];
  if (process.platform === "win32") return [{ name: "Direct3D 12", isSoftware: false }];
  return vulkanAdapters()?.toSorted((a, b) => Number(a.isSoftware) - Number(b.isSoftware));
}
