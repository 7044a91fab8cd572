import type { HostArray, HostDtype } from "../contract/graph-runner.js";

/** Memory that the host shares with the device, as the typed array of an element type: not a copy. */
export function viewMemory(memory: ArrayBuffer, dtype: HostDtype, count: number): HostArray {
  if (dtype === "bool") return new Uint8Array(memory, 0, count);
  return dtype === "int32" ? new Int32Array(memory, 0, count) : new Float32Array(memory, 0, count);
}

/** Copies values into such memory. */
export function fillMemory(memory: ArrayBuffer, dtype: HostDtype, values: ArrayLike<number>): void {
  const target = viewMemory(memory, dtype, values.length);
  target.set(values);
  if (dtype !== "bool") return;
  // ONNX Runtime takes every byte but 0 and 1 for something undefined.
  for (let i = 0; i < target.length; i++) if (target[i] !== 0) target[i] = 1;
}
