/** So many of the items, always the same ones for the same seed, in the order of the list. */
export function sampleOf<TItem>(items: readonly TItem[], { size, seed }: { size: number; seed: number }): TItem[] {
  const ranked = items.map((item, index) => ({ item, index, rank: mix(index + 1, seed) }));
  const chosen = ranked.sort((a, b) => a.rank - b.rank).slice(0, size);
  return chosen.sort((a, b) => a.index - b.index).map(({ item }) => item);
}

function mix(value: number, seed: number): number {
  let bits = Math.imul(value ^ Math.imul(seed, 0x9e3779b1), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
