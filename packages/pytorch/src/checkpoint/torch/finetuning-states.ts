import type { LoadedTree, LoadedValue } from "@lightning-ts/fabric";
import type { WritableValue } from "@lightning-ts/torch-files";
import { isLoadedTree } from "../codecs/checkpoint-tree.js";
import { paramGroup, toWritable } from "./to-writable.js";

const GROUPS = "internal_optimizer_metadata";
/** Python does not remember what has gradients: `freeze_before_training` says it anew. */
const OURS = [GROUPS, "trainable_parameters", "frozen_statistics"];

/**
 * The states of callbacks that freeze and unfreeze, as Python's `BaseFinetuning` has them: for the number of each
 * optimizer its groups, with the names of their parameters and with their options, which Python takes from there.
 * @param optimizers the states that the checkpoint has of them
 */
export function finetuningToPython(
  callbacks: LoadedTree,
  optimizers: readonly LoadedValue[],
): Map<string, WritableValue> {
  const written = new Map<string, WritableValue>();
  for (const [key, state] of Object.entries(callbacks)) {
    if (!isLoadedTree(state)) continue;
    const groups = state[GROUPS];
    // Before the first epoch there are no groups yet.
    if (!Array.isArray(groups) && key !== "BackboneFinetuning") continue;
    const others = Object.entries(state).filter(([name]) => !OURS.includes(name));
    const numbered = (Array.isArray(groups) ? groups : []).map((ofOne, number): [number, WritableValue] => [
      number,
      namedGroups(ofOne, optimizers[number]),
    ]);
    written.set(
      key,
      new Map<string, WritableValue>([
        [GROUPS, new Map(numbered)],
        ...others.map(([name, value]): [string, WritableValue] => [name, toWritable(value)]),
      ]),
    );
  }
  return written;
}

function namedGroups(groups: LoadedValue, optimizer: LoadedValue | undefined): WritableValue[] {
  const options = isLoadedTree(optimizer) ? optimizer["param_groups"] : undefined;
  return (Array.isArray(groups) ? groups : []).map((group, place) => {
    const params = isLoadedTree(group) ? group["params"] : undefined;
    const own = Array.isArray(options) ? options[place] : undefined;
    return paramGroup({ ...(isLoadedTree(own) ? own : {}), params: params ?? [] });
  });
}
