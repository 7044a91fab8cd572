/** Looking at so many takes the host 0.2 ms. Beyond it the graph does it, with all its threads. */
export const MOST_LOOKED_AT = 65_536;

/**
 * Whether the host has written these indices, all from 0 to `count` - 1, so that the graph need not check them.
 * @param ignored an index that stands for nothing
 */
export function areKnownToExist(
  indices: ArrayLike<number> | undefined,
  { count, ignored }: { readonly count: number; readonly ignored?: number },
): boolean {
  if (indices === undefined || indices.length > MOST_LOOKED_AT) return false;
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] ?? -1;
    if ((index < 0 || index >= count) && index !== ignored) return false;
  }
  return true;
}
