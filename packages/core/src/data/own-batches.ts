const ours = new WeakSet<object>();

/** Says of a `getBatch` of ours that it only allocates and copies. */
export function declareOwn(getBatch: object): void {
  ours.add(getBatch);
}

/** Whether a `getBatch` is no code of somebody else, also none around ours, who might keep what it made. */
export function keepsNothing(getBatch: object | undefined): boolean {
  return getBatch !== undefined && ours.has(getBatch);
}
