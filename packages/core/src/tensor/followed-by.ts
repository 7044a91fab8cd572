import type { Tensor } from "@tensorflow/tfjs-core";
import { readRecording } from "./engine-internals/tape.js";

/** Whether each tensor after `tensor` comes from a node of these kernels in turn, as far as the tape goes. */
export function followedBy(tensor: Tensor, kernelNames: readonly string[]): boolean {
  const tape = readRecording().tape ?? [];
  let ids = new Set([tensor.id]);
  for (const kernelName of kernelNames) {
    const next = new Set<number>();
    for (const node of tape) {
      if (node.kernelName === kernelName && Object.values(node.inputs).some((input) => ids.has(input.id)))
        for (const output of node.outputs) next.add(output.id);
    }
    if (next.size === 0) return false;
    ids = next;
  }
  return true;
}
