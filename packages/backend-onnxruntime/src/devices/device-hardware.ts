import { availableParallelism } from "node:os";
import type { DeviceName } from "../contract/device-name.js";
import { cudaDriver } from "./cuda/cuda-driver.js";
import type { Hardware } from "./hardware.js";
import { webGpuAdapters } from "./webgpu/webgpu-availability.js";

/** What a device would compute on, the one that it chooses first; none where it cannot be reached. */
export function deviceHardware(device: DeviceName): readonly Hardware[] {
  if (device === "webgpu") return webGpuAdapters() ?? [];
  if (device === "cuda") return cudaDriver().names.map((name) => ({ name, isSoftware: false }));
  return [{ name: `${availableParallelism()} cores`, isSoftware: false }];
}
