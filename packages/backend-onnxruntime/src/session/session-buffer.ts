import type { GraphBuffer } from "../contract/graph-buffer.js";
import type { Pointer } from "./ort-api.js";

/**
 * The OrtValues made over one piece of memory. Kept apart from the buffer, so that they can be released after it was
 * collected.
 */
export interface BufferValues {
  readonly capacityBytes: number;
  readonly address: Pointer;
  /** Describes the memory; `undefined` for memory of the host. */
  readonly memoryInfo?: Pointer | undefined;
  /** The OrtValue to which the memory itself belongs, where ONNX Runtime has allocated it. */
  readonly owner?: Pointer | undefined;
  readonly list: { readonly valueType: number; readonly startBytes: number; readonly pointer: Pointer }[];
}

/** Memory that sessions read and write, on whatever device. */
export interface SessionBuffer extends GraphBuffer {
  readonly values: BufferValues;
  readonly capacityBytes: number;
  sizeBytes: number;
  /** Id of the newest run that touches this memory. */
  lastRun: number;
  /** True while the memory belongs to the pool. */
  isFree: boolean;
}
