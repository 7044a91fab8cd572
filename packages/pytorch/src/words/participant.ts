import type { LoadedValue } from "@lightning-ts/fabric";

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
  state(): unknown;
  /** Takes a state back. @param state as it was read; undefined where the file has none */
  restore(state: LoadedValue | undefined, file: CheckpointFile): void;
}
