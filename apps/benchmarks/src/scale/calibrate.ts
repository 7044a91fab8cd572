import type { Link, Stages } from "./cost-model.js";

/** What two ranks and one took, from which the link between ranks of this machine is found. */
export interface Measured {
  readonly stages: Stages;
  readonly twoRanksMs: number;
  readonly callMs: number;
}

/**
 * The link of ranks that share memory: nothing is on a wire, and what two ranks take longer than one is what their
 * processors do for the bytes (and what two lose that compute beside each other).
 */
export function linkOf({ stages, twoRanksMs, callMs }: Measured): Link {
  const { forwardMs, backwardMs, updateMs, bucketBytes } = stages;
  const bytes = bucketBytes.reduce((sum, each) => sum + each, 0);
  const longer = twoRanksMs - forwardMs - backwardMs - updateMs - bucketBytes.length * callMs;
  return {
    latencyMs: 0,
    bytesPerMs: Number.POSITIVE_INFINITY,
    processorMsPerByte: Math.max(0, longer) / bytes,
    processorMsPerCall: callMs,
  };
}
