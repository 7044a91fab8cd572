import type { LoadedValue } from "@lightning-ts/fabric";
import { wait, type Steps } from "../door/steps.js";

/** Where states come from, for messages. */
export interface CheckpointFile {
  readonly path: string;
  /** Names of its entries. */
  readonly entries: readonly string[];
}

/**
 * A part of a run that shapes what comes next. A checkpoint keeps its state, and a run that goes on from the checkpoint
 * takes it back.
 */
export interface Participant {
  /** Where its state stands in a checkpoint, from the outside in. Two may share a place, with fields of their own. */
  readonly key: readonly string[];
  /** What to keep; undefined for nothing. */
  state(): Steps<unknown>;
  /** Takes a state back. @param state as it was read; undefined where the file has none */
  restore(state: LoadedValue | undefined, file: CheckpointFile): Steps<void>;
}

/** A participant whose state is at hand: no method of the user's has to be called for it. */
export function plainParticipant(part: {
  readonly key: readonly string[];
  state(): unknown;
  restore(state: LoadedValue | undefined, file: CheckpointFile): void;
}): Participant {
  return { key: part.key, state: () => wait(part.state()), restore: (state, file) => wait(part.restore(state, file)) };
}
