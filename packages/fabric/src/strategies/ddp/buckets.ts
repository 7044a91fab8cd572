import type { Tensor, Variable } from "@tensorflow/tfjs-core";

/** A parameter and its gradient on this rank, which counts as zero where there is none. */
export interface GradientEntry {
  readonly parameter: Variable;
  readonly gradient: Tensor | null;
}

/** The first bucket is small, so that the first reduction begins early; PyTorch's is as large. */
const FIRST_BUCKET_BYTES = 1024 * 1024;

/**
 * Gradients that travel together. The last parameters come first, for their gradients are there first; a bucket is
 * closed by the gradient that makes it large enough.
 * @param entries in the order in which the module has the parameters
 */
export function bucketsOf(entries: readonly GradientEntry[], bucketBytes: number): GradientEntry[][] {
  const buckets: GradientEntry[][] = [];
  let open: GradientEntry[] = [];
  let sizeBytes = 0;
  for (const entry of entries.toReversed()) {
    open.push(entry);
    sizeBytes += entry.parameter.size * Float32Array.BYTES_PER_ELEMENT;
    if (sizeBytes < (buckets.length === 0 ? Math.min(FIRST_BUCKET_BYTES, bucketBytes) : bucketBytes)) continue;
    buckets.push(open);
    open = [];
    sizeBytes = 0;
  }
  if (open.length > 0) buckets.push(open);
  return buckets;
}
