/** Which module holds another one, and under which name; known from the first time that somebody listed modules. */
const holders = new WeakMap<object, { readonly parent: WeakRef<object>; readonly name: string }>();

/** Remembers that `parent` holds `child` under this name. */
export function noteHolder(child: object, parent: object, name: string): void {
  const known = holders.get(child);
  if (known?.name !== name || known.parent.deref() !== parent)
    holders.set(child, { parent: new WeakRef(parent), name });
}

/**
 * Where a module stands in the model, as in the keys of the state dict: `encoder.layers.0`. Empty for the model itself,
 * and as long as nobody has asked the model for its parameters, which every optimizer does.
 */
export function pathOf(module: object): string {
  const names: string[] = [];
  const seen = new Set<object>();
  for (let at: object | undefined = module; at !== undefined && !seen.has(at);) {
    seen.add(at);
    const holder = holders.get(at);
    if (holder !== undefined) names.unshift(holder.name);
    at = holder?.parent.deref();
  }
  return names.join(".");
}
