import { elementCount } from "../graph/value-spec.js";
import { bytesPerElement } from "./host-values.js";
import type { LazyNode } from "./lazy-node.js";
import { describeResult } from "./lower-request.js";

/**
 * How providers say that there was no room: WebGPU, its device's own limits, the arenas of CUDA and of the processor,
 * and the language.
 */
const NO_ROOM = [
  /Buffer size \((\d+)\) exceeds the max buffer size limit/,
  /Failed to allocate memory for requested buffer of size (\d+)/i,
  /Available memory of \d+ is smaller than requested bytes of (\d+)/i,
  /\[Invalid Buffer|out of (?:device |host )?memory|bad_alloc|CUDA failure 2:|CUDNN_STATUS_ALLOC_FAILED/i,
];
/** Devices round sizes up to multiples of this. */
const ROUNDED_BYTES = 256;

/** Whether a message says that memory ran out, and for how many bytes, where it says that. */
export function neededMemory(message: string): { readonly sizeBytes: number | undefined } | undefined {
  for (const pattern of NO_ROOM) {
    const found = pattern.exec(message);
    if (found !== null) return { sizeBytes: found[1] === undefined ? undefined : Number(found[1]) };
  }
  return undefined;
}

/** A result of these nodes that has this size; without a size none. */
export function tensorOfSize(sizeBytes: number | undefined, nodes: readonly LazyNode[]): string | undefined {
  if (sizeBytes === undefined) return undefined;
  for (const node of nodes)
    for (const data of node.outputs) {
      const missing = sizeBytes - elementCount(data.shape) * bytesPerElement(data.dtype);
      if (missing >= 0 && missing < ROUNDED_BYTES) return describeResult(data, node);
    }
  return undefined;
}
