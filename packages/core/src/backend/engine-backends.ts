import type { DeviceName } from "@lightning-ts/backend-onnxruntime";

/** What the engine can run on, and the tfjs backend of each: the one list of these names outside of the engine. */
export const ENGINE_BACKENDS: Readonly<Record<DeviceName, string>> = {
  cpu: "onnxruntime",
  webgpu: "onnxruntime-webgpu",
  cuda: "onnxruntime-cuda",
};
