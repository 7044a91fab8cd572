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

/** What runs in place of a loader that was divided between ranks, by the loader and by what `setupDataloaders` gave. */
const standIns = new WeakMap<object, object>();

/** Says that the state of `values` is that of `standIn`: a divided loader is a copy with a sampler of its own. */
export function rememberStandIn(values: readonly object[], standIn: object): void {
  for (const value of values) standIns.set(value, standIn);
}

/** The object whose state counts where `value` is saved or restored. */
export function holderOfState(value: object): object {
  return standIns.get(value) ?? unwrap(value);
}
