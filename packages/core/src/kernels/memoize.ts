/** Computes a value on the first call and returns it again afterwards. */
export function memoize<TValue>(compute: () => TValue): () => TValue {
  let known: { readonly value: TValue } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}
