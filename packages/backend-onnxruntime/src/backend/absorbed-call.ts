import type { LazyKernel } from "../contract/lazy-kernel.js";
import type { RecordedCall } from "./spread-means.js";

/** A call with the kernel that is to compute it. */
export interface KernelCall {
  readonly kernel: LazyKernel;
  readonly call: RecordedCall;
}

/**
 * Where the call that its first input waits for can do this one as well, that call's kernel does both from the same
 * inputs.
 */
export function absorbedCall(kernel: LazyKernel, call: RecordedCall): KernelCall {
  const producer = kernel.absorbedBy === undefined ? undefined : call.inputs[0]?.node;
  // A view in between could have another shape than what the producer's kernel gives.
  if (producer === undefined || call.views !== undefined) return { kernel, call };
  const attrs = kernel.absorbedBy?.(producer, call.inputs);
  if (attrs === undefined) return { kernel, call };
  const { outputs } = call.recording;
  const recording = { inputs: [], outputs, attrs, scalars: producer.scalars };
  return { kernel: producer.kernel, call: { recording, inputs: [...producer.inputs], views: producer.views } };
}
