import type { LoadedTree } from "@lightning-ts/fabric";
import { isLoadedTree } from "./codecs/checkpoint-tree.js";

/** Which run wrote a checkpoint. */
export interface RunOfCheckpoint {
  readonly version: 1;
  /** The same for all parts of a run: a run that is resumed keeps it. */
  readonly id: string;
  /** The part between two starts. */
  readonly part: string;
}

const ID = /^[0-9a-f]{32}$/;

/** @returns undefined for a file of another tool, or of a version that did not say */
export function readRunOf(checkpoint: LoadedTree): RunOfCheckpoint | undefined {
  const run = checkpoint["run"];
  if (!isLoadedTree(run)) return undefined;
  const { id, part } = run;
  // The id becomes a part of file names: what does not look like one is none.
  return typeof id === "string" && ID.test(id) && typeof part === "string" ? { version: 1, id, part } : undefined;
}
