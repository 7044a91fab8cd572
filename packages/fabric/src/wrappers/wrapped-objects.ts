/** What stands behind each object that Fabric handed out. */
const originals = new WeakMap<object, object>();

export function rememberWrapped<TWrapper extends object>(wrapper: TWrapper, original: object): TWrapper {
  originals.set(wrapper, original);
  return wrapper;
}

/** True for modules, optimizers and loaders that a Fabric has set up. */
export function isWrapped(value: unknown): boolean {
  return typeof value === "object" && value !== null && originals.has(value);
}

/** The object behind a wrapper; anything else as it is. */
export function unwrap(value: object): object {
  return originals.get(value) ?? value;
}
