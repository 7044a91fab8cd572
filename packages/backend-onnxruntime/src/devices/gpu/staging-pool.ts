import { allocateAligned } from "../../session/aligned-memory.js";
import { BufferPool, type BufferPoolOptions } from "../../session/buffer-pool.js";
import { loadKoffi } from "../../session/load-koffi.js";
import { NativeBuffer } from "../../session/native-buffer.js";
import type { OrtAllocator } from "../../session/ort-allocator.js";

/** What waits for reuse at least: as new memory of the device, it is had only when that has nothing to do. */
const KEPT_BYTES = 2 ** 30;

export interface StagingOptions extends Pick<BufferPoolOptions<NativeBuffer>, "discard" | "completed"> {
  /** As ONNX Runtime calls the memory. */
  readonly name: string;
  /** Gives the allocator when nothing runs on the device; or why there is none. */
  readonly open: () => Pick<OrtAllocator, "allocate"> | string;
  /** Hears, in one sentence, that ordinary memory serves. */
  readonly onWarning: (message: string) => void;
}

/**
 * Memory of the host from which the device can copy by itself. Like every buffer of a pool, one that was given back is
 * not used again before its last run has ended, and a run of ONNX Runtime ends after its copies: it waits for the
 * stream, once behind the copies of its inputs and once at its end.
 *
 * Where there is no such memory, or no more of it, ordinary memory serves, and that is said once.
 */
export function stagingPool({ name, open, onWarning, ...pool }: StagingOptions): BufferPool<NativeBuffer> {
  let isSaid = false;
  const create = (capacityBytes: number) => {
    const allocator = open();
    const values = typeof allocator === "string" ? allocator : allocator.allocate(capacityBytes);
    if (typeof values !== "string") return new NativeBuffer(loadKoffi().view(values.address, capacityBytes), values);
    if (!isSaid) onWarning(`Batches go to the device through ordinary memory, because there is no ${name}: ${values}`);
    isSaid = true;
    return new NativeBuffer(allocateAligned(capacityBytes));
  };
  return new BufferPool({ ...pool, create, alwaysPooledBytes: KEPT_BYTES, isSlowToMake: true });
}
