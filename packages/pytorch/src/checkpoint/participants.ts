import { isPlainObject } from "@lightning-ts/core";
import type { LoadedTree, LoadedValue } from "@lightning-ts/fabric";
import type { Steps } from "../door/steps.js";
import type { CheckpointContent } from "../words/checkpoint-content.js";
import type { Participant } from "./participant.js";
import { isLoadedTree } from "./codecs/checkpoint-tree.js";

/** Adds the states of participants to a checkpoint, each in its place. */
export function* dumpStates(participants: readonly Participant[], checkpoint: CheckpointContent): Steps<void> {
  for (const participant of participants) {
    const state = yield* participant.state();
    if (state !== undefined) put(checkpoint, participant.key, state);
  }
}

/** Gives participants their states back, one after another. */
export function* restoreStates(
  participants: readonly Participant[],
  checkpoint: LoadedTree,
  path: string,
): Steps<void> {
  const file = { path, entries: Object.keys(checkpoint) };
  for (const participant of participants) yield* participant.restore(stateAt(checkpoint, participant.key), file);
}

function put(checkpoint: CheckpointContent, key: readonly string[], state: unknown): void {
  const [name = "", ...inner] = key;
  const there = checkpoint[name];
  if (inner.length === 0) {
    checkpoint[name] = isPlainObject(there) && isPlainObject(state) ? { ...there, ...state } : state;
    return;
  }
  const nested: CheckpointContent = isPlainObject(there) ? there : {};
  put(nested, inner, state);
  checkpoint[name] = nested;
}

function stateAt(checkpoint: LoadedTree, key: readonly string[]): LoadedValue | undefined {
  let found: LoadedValue | undefined = checkpoint;
  for (const name of key) found = isLoadedTree(found) ? found[name] : undefined;
  return found;
}
