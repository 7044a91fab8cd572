/** What graphs can run on. */
export const DEVICE_NAMES = ["cpu", "webgpu", "cuda"] as const;
export type DeviceName = (typeof DEVICE_NAMES)[number];
