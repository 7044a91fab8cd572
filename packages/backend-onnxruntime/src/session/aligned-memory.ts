import { addressOf, viewOf } from "./native-memory.js";

/**
 * ONNX Runtime's own buffers start at multiples of 64 bytes. Some of its kernels start their vector loops at an aligned
 * element, so memory that is aligned differently rounds differently; ours must look like its own.
 */
const ALIGNMENT_BYTES = 64;

/** Zeroed memory that starts at a multiple of 64 bytes and lives as long as the returned buffer is referenced. */
export function allocateAligned(sizeBytes: number): ArrayBuffer {
  const owner = new ArrayBuffer(sizeBytes + ALIGNMENT_BYTES);
  const address = addressOf(owner);
  const misalignment = Number(address % BigInt(ALIGNMENT_BYTES));
  const start = misalignment === 0 ? address : address + BigInt(ALIGNMENT_BYTES - misalignment);
  return viewOf(owner, start, sizeBytes);
}
