/** What travels in one call. */
export interface TravellingPart {
  readonly from: number;
  readonly count: number;
  /** The one rank whose elements they are; undefined where each rank has as many. */
  readonly owner: number | undefined;
}

/**
 * Cuts what the ranks own, behind each other on each, into parts: the same range of all of them, as far as at least two
 * reach; what only one rank still has is not worth parts of the others.
 * @param lengths how many elements each rank owns
 * @param bucketBytes of float32 elements of all ranks, in one part
 */
export function* travellingParts(lengths: readonly number[], bucketBytes: number): Generator<TravellingPart> {
  const [longest = 0, common = 0] = lengths.toSorted((a, b) => b - a);
  const elements = bucketBytes / Float32Array.BYTES_PER_ELEMENT;
  const together = Math.max(1, Math.floor(elements / lengths.length));
  for (let from = 0; from < common; from += together)
    yield { from, count: Math.min(together, common - from), owner: undefined };
  const owner = lengths.indexOf(longest);
  const alone = Math.max(1, Math.floor(elements));
  for (let from = common; from < longest; from += alone) yield { from, count: Math.min(alone, longest - from), owner };
}
