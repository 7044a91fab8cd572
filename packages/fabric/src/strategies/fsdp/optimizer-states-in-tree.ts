import { isPlainObject } from "@lightning-ts/core";

/** A checkpoint before it is written: the store says what of it cannot be kept. */
export type UnwrittenTree = Readonly<Record<string, unknown>>;

/** What an optimizer remembers, by the numbers of its parameters. */
export type StateEntries = Readonly<Record<string, unknown>>;

/** The entries of every optimizer's state in a tree, by the keys on the way to it, as JSON. */
export function optimizerStatesIn(tree: UnwrittenTree): Map<string, StateEntries> {
  const found = new Map<string, StateEntries>();
  const visit = (value: unknown, path: readonly string[]): void => {
    if (Array.isArray(value)) for (const [index, each] of value.entries()) visit(each, [...path, String(index)]);
    else if (isPlainObject(value)) {
      if (isOptimizerState(value)) found.set(JSON.stringify(path), value.state);
      else for (const [key, each] of Object.entries(value)) visit(each, [...path, key]);
    }
  };
  visit(tree, []);
  return found;
}

/** The same tree with other entries at the paths that `optimizerStatesIn` has found. */
export function withOptimizerStates<TTree extends UnwrittenTree>(
  tree: TTree,
  states: ReadonlyMap<string, StateEntries>,
): TTree {
  const replaced = (value: unknown, path: readonly string[]): unknown => {
    if (Array.isArray(value)) return value.map((each, index) => replaced(each, [...path, String(index)]));
    if (!isPlainObject(value)) return value;
    const state = states.get(JSON.stringify(path));
    return state === undefined ? eachReplaced(value, path) : { ...value, state };
  };
  const eachReplaced = <TValue extends UnwrittenTree>(value: TValue, path: readonly string[]): TValue => {
    const copy = { ...value };
    for (const [key, each] of Object.entries(value)) Reflect.set(copy, key, replaced(each, [...path, key]));
    return copy;
  };
  return eachReplaced(tree, []);
}

/** What `optimizer.stateDict()` gives, or gave in an earlier version. */
function isOptimizerState(value: Record<string, unknown>): value is { readonly state: StateEntries } {
  return isPlainObject(value["state"]) && Array.isArray(value["param_groups"] ?? value["paramGroups"]);
}
