import { Callback } from "./callback.js";

/**
 * Under which key each callback's state is kept. Two with the same key, such as two classes that a bundler gave one
 * short name, are told apart by their order.
 */
export function stateKeysOf(callbacks: readonly Callback[]): ReadonlyMap<Callback, string> {
  const keys = new Map<Callback, string>();
  const counts = new Map<string, number>();
  for (const callback of callbacks) {
    const { stateKey } = callback;
    const count = (counts.get(stateKey) ?? 0) + 1;
    counts.set(stateKey, count);
    keys.set(callback, count === 1 ? stateKey : `${stateKey}#${count}`);
  }
  return keys;
}

/** A key that two callbacks with state have. */
export interface SharedKey {
  readonly key: string;
  /** They are of different classes with the same name, as a bundler makes them. */
  readonly areNamesakes: boolean;
}

export function findSharedKeys(callbacks: readonly Callback[]): SharedKey[] {
  const firsts = new Map<string, Callback>();
  const shared: SharedKey[] = [];
  for (const callback of callbacks) {
    if (callback.stateDict === Callback.prototype.stateDict) continue;
    const { stateKey: key } = callback;
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, callback);
    else
      shared.push({
        key,
        areNamesakes: first.constructor !== callback.constructor && key === callback.constructor.name,
      });
  }
  return shared;
}
