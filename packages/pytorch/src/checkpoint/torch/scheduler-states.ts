import type { LoadedTree, LoadedValue } from "@lightning-ts/fabric";
import { isLoadedTree } from "../codecs/checkpoint-tree.js";

/** What schedulers remember: under PyTorch's name, and under ours. Their options come from the code. */
const FIELDS: readonly (readonly [torch: string, ours: string])[] = [
  ["last_epoch", "lastEpoch"],
  ["base_lrs", "baseLrs"],
  ["_last_lr", "lastLr"],
  ["best", "best"],
  ["num_bad_epochs", "numBadEpochs"],
  ["cooldown_counter", "cooldownCounter"],
  ["T_cur", "tCur"],
  ["T_i", "tI"],
];

/** A scheduler's state in PyTorch's layout as our schedulers take it. */
export function fromTorchScheduler(state: LoadedValue): LoadedValue {
  if (!isLoadedTree(state) || !("last_epoch" in state || "_schedulers" in state)) return state;
  const ours: LoadedTree = Object.create(null);
  ours["version"] = 1;
  for (const [torch, name] of FIELDS) if (state[torch] !== undefined) ours[name] = state[torch];
  const inner = state["_schedulers"];
  if (Array.isArray(inner)) ours["schedulers"] = inner.map(fromTorchScheduler);
  return ours;
}

/** The other way: what PyTorch's schedulers put over what they were made with. */
export function toTorchScheduler(state: LoadedValue): LoadedValue {
  if (!isLoadedTree(state) || state["version"] !== 1) return state;
  const torch: LoadedTree = Object.create(null);
  for (const [name, ours] of FIELDS) if (state[ours] !== undefined) torch[name] = state[ours];
  if (typeof state["lastEpoch"] === "number") torch["_step_count"] = state["lastEpoch"] + 1;
  const inner = state["schedulers"];
  if (Array.isArray(inner)) torch["_schedulers"] = inner.map(toTorchScheduler);
  return torch;
}
