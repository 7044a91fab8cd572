import type { Tensor } from "@tensorflow/tfjs-core";
import { fileFormatOf } from "./file-format.js";
import type { HostValue, StateDictInput } from "./state-dict.js";

/**
 * What is called before a state dict is loaded.
 * @param stateDict all entries, in a map of this call's own: entries may be added, changed and left out
 * @param prefix what the keys of the hook's module begin with
 * @param fileFormat the format of the file, where it is an older one of this library's: 1 for lightning-ts 0.1.0
 */
export type LoadStateDictPreHook = (
  stateDict: Map<string, Tensor | HostValue>,
  prefix: string,
  fileFormat: number | undefined,
) => void;

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
  const format = fileFormatOf(input);
  for (const [name, module] of named)
    for (const hook of hooks.get(module) ?? []) hook(entries, name === "" ? "" : `${name}.`, format);
  return entries;
}
