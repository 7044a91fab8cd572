import type { Tensor } from "@tensorflow/tfjs-core";
import type { HostValue, StateDictInput } from "./state-dict.js";

/**
 * What is called before a state dict is loaded.
 * @param stateDict all entries, in a map of this call's own: entries may be added, changed and left out
 * @param prefix what the keys of the hook's module begin with
 */
export type LoadStateDictPreHook = (stateDict: Map<string, Tensor | HostValue>, prefix: string) => void;

const hooks = new WeakMap<object, Set<LoadStateDictPreHook>>();

export function addPreHook(module: object, hook: LoadStateDictPreHook): void {
  const known = hooks.get(module) ?? new Set();
  known.add(hook);
  hooks.set(module, known);
}

/** The state dict as the hooks of these modules left it. */
export function preparedStateDict(
  named: readonly (readonly [name: string, module: object])[],
  input: StateDictInput,
): ReadonlyMap<string, Tensor | HostValue> {
  const entries = new Map(input instanceof Map ? input : Object.entries(input));
  for (const [name, module] of named)
    for (const hook of hooks.get(module) ?? []) hook(entries, name === "" ? "" : `${name}.`);
  return entries;
}
