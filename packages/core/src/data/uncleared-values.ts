import type { DataType, DataTypeMap } from "@tensorflow/tfjs-core";
import { batchMemory } from "./batch-memory.js";
import { allocateValues } from "./host-tensor.js";

/** Below, clearing takes no time that one could measure. */
const LEAST_BYTES = 16_384;

type AllocateBytes = (length: number) => unknown;

/**
 * `allocateValues` for a caller that writes every number before anybody sees them: where the platform gives memory
 * that it has not cleared (Node's and Bun's `Buffer`), it still holds what was there before. Clearing a batch of wide
 * rows takes as long as copying the rows into it.
 */
export function allocateUncleared(dtype: DataType, size: number): DataTypeMap[DataType] {
  const bytes = uncleared(size * bytesOf(dtype));
  if (bytes === undefined) return allocateValues(dtype, size);
  switch (dtype) {
    case "float32":
      return new Float32Array(bytes.buffer, bytes.byteOffset, size);
    case "int32":
      return new Int32Array(bytes.buffer, bytes.byteOffset, size);
    default:
      return new Uint8Array(bytes.buffer, bytes.byteOffset, size);
  }
}

/** Of one value; 0 for types that have to be allocated as they are. */
function bytesOf(dtype: DataType): number {
  if (dtype === "float32" || dtype === "int32") return 4;
  return dtype === "bool" ? 1 : 0;
}

function uncleared(byteLength: number): Uint8Array | undefined {
  if (byteLength < LEAST_BYTES) return undefined;
  const memory = batchMemory();
  const again = memory?.take(byteLength);
  if (again !== undefined) return again;
  const bytes: unknown = allocator()?.(byteLength);
  // Somebody else's `Buffer` may give a view that starts anywhere.
  if (!(bytes instanceof Uint8Array) || bytes.byteOffset % 4 !== 0) return undefined;
  memory?.own(bytes);
  return bytes;
}

function allocator(): AllocateBytes | undefined {
  const buffer: unknown = Reflect.get(globalThis, "Buffer");
  if (typeof buffer !== "function") return undefined;
  const allocate: unknown = Reflect.get(buffer, "allocUnsafeSlow");
  return typeof allocate === "function" ? (length) => Reflect.apply(allocate, buffer, [length]) : undefined;
}
