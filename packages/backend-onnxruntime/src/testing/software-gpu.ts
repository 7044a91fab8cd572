import { existsSync } from "node:fs";
import { webGpuAvailability } from "../devices/webgpu/webgpu-availability.js";

/** Where Debian's chromium keeps SwiftShader, a GPU that the processor plays. */
const DRIVER = "/usr/lib/chromium/vk_swiftshader_icd.json";

/**
 * Lets Vulkan find a software GPU in this process, unless a driver was named already.
 * @returns whether WebGPU has something to run on
 */
export function useSoftwareGpu(): boolean {
  if (process.env["VK_DRIVER_FILES"] === undefined && existsSync(DRIVER)) process.env["VK_DRIVER_FILES"] = DRIVER;
  return webGpuAvailability().isAvailable;
}
