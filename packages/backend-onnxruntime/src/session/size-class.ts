const SMALLEST_BYTES = 64;
const STEPS_PER_DOUBLING = 8;

/**
 * Capacity from which a request of `sizeBytes` is served: a multiple of 64, at most an eighth larger than asked
 * once it is over 512 bytes, so that buffers of nearly the same size can replace each other.
 */
export function sizeClass(sizeBytes: number): number {
  if (sizeBytes <= SMALLEST_BYTES) return SMALLEST_BYTES;
  const doubling = 2 ** (Math.ceil(Math.log2(sizeBytes)) - 1);
  const step = Math.max(SMALLEST_BYTES, doubling / STEPS_PER_DOUBLING);
  return Math.ceil(sizeBytes / step) * step;
}
