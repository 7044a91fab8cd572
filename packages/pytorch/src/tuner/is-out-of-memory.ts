/** Whether an error, or what caused it, says that memory has ended. */
export function isOutOfMemory(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 20; at = at.cause, depth += 1)
    if (
      /out of memory|allocation failed|bad_alloc|failed to allocate|invalid (?:typed )?array length/i.test(at.message)
    )
      return true;
  return false;
}
