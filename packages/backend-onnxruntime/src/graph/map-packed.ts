/**
 * `list.map(of)` for what every step runs. V8's `map` gives an array of another kind once its caller is compiled (one
 * that may have holes), and all compiled code that reads the array is thrown away when it meets the new kind.
 */
export function mapPacked<TItem, TResult>(
  list: readonly TItem[],
  of: (item: TItem, index: number) => TResult,
): TResult[] {
  const mapped: TResult[] = [];
  for (const item of list) mapped.push(of(item, mapped.length));
  return mapped;
}
