/**
 * Where a fit stands. It is stored in checkpoints as it is, and only `moveCursor` changes it.
 * - `epochStart`: the next epoch has not begun
 * - `inBatch`: a batch is being trained
 * - `batchEnd`: it is trained; its validation, if one is due, comes next
 * - `validated`: that validation is over
 * - `betweenBatches`: everything after it is done
 * - `epochEnd`: all batches are done, the end of the epoch is not
 */
export type CursorPhase = "epochStart" | "inBatch" | "batchEnd" | "validated" | "betweenBatches" | "epochEnd";

export interface Cursor {
  /** Epochs that are complete: `currentEpoch`. */
  readonly epoch: number;
  /** Batches of this epoch that are trained. */
  readonly batch: number;
  /** Batches begun in all epochs. */
  readonly totalBatches: number;
  /** Completed steps of all optimizers: `globalStep`. */
  readonly globalStep: number;
  /** Accumulation windows that closed: the loggers' x axis. */
  readonly batchesThatStepped: number;
  readonly phase: CursorPhase;
  /** The last batch trained closed an accumulation window. */
  readonly isWindowClosed: boolean;
  /** The last batch trained was the epoch's last. */
  readonly isLastBatch: boolean;
  /** The last epoch that ended was left after so many batches, because the run was to stop. */
  readonly cutAfter: number | null;
}

/** Where a run stands. It moves on while somebody holds it. */
export interface Position {
  readonly cursor: Cursor;
}

export type CursorEvent =
  | { readonly type: "fitBegins" }
  | { readonly type: "epochBegins" }
  | { readonly type: "batchBegins" }
  | { readonly type: "stepped" }
  | { readonly type: "batchTrained"; readonly isWindowClosed: boolean; readonly isLastBatch: boolean }
  | { readonly type: "validated" }
  | { readonly type: "batchDone" }
  | { readonly type: "wasLastBatch" }
  | { readonly type: "batchesDone" }
  | { readonly type: "epochDone"; readonly isCut: boolean };

export const START: Cursor = {
  epoch: 0,
  batch: 0,
  totalBatches: 0,
  globalStep: 0,
  batchesThatStepped: 0,
  phase: "epochStart",
  isWindowClosed: true,
  isLastBatch: false,
  cutAfter: null,
};

type Writable<T> = { -readonly [TKey in keyof T]: T[TKey] };

/** A position that moves; only `moveCursor` writes it. */
export type MovingCursor = Writable<Cursor>;

/** Moves the position. In place: it happens several times a step. */
export function moveCursor(cursor: MovingCursor, event: CursorEvent): void {
  switch (event.type) {
    case "fitBegins":
      Object.assign(cursor, {
        batch: 0,
        phase: "epochStart",
        isWindowClosed: true,
        isLastBatch: false,
      } satisfies Partial<Cursor>);
      return;
    case "epochBegins":
      Object.assign(cursor, {
        batch: 0,
        phase: "betweenBatches",
        isLastBatch: false,
        cutAfter: null,
      } satisfies Partial<Cursor>);
      return;
    case "batchBegins":
      cursor.totalBatches += 1;
      cursor.phase = "inBatch";
      return;
    case "stepped":
      cursor.globalStep += 1;
      return;
    case "batchTrained":
      cursor.batch += 1;
      cursor.phase = "batchEnd";
      cursor.isWindowClosed = event.isWindowClosed;
      cursor.isLastBatch = event.isLastBatch;
      return;
    case "validated":
      cursor.phase = "validated";
      return;
    case "batchDone":
      cursor.phase = "betweenBatches";
      if (cursor.isWindowClosed) cursor.batchesThatStepped += 1;
      return;
    case "wasLastBatch":
      cursor.isLastBatch = true;
      if (cursor.phase !== "betweenBatches") return;
      // What follows a last batch comes after all, and only then the batch counts.
      cursor.phase = "batchEnd";
      if (cursor.isWindowClosed) cursor.batchesThatStepped -= 1;
      return;
    case "batchesDone":
      cursor.phase = "epochEnd";
      return;
    case "epochDone":
      cursor.epoch += 1;
      cursor.cutAfter = event.isCut ? cursor.batch : null;
      cursor.batch = 0;
      cursor.phase = "epochStart";
      cursor.isLastBatch = false;
      return;
    default:
      event satisfies never;
  }
}

/** Where to go on when the run that stored `cursor` was cut short in the middle of an epoch: in that epoch. */
export function resumePosition(cursor: Cursor): Cursor {
  if (cursor.phase === "epochStart" && cursor.cutAfter !== null) {
    return { ...cursor, epoch: cursor.epoch - 1, batch: cursor.cutAfter, phase: "betweenBatches", cutAfter: null };
  }
  if (cursor.phase === "epochEnd" && !cursor.isLastBatch) return { ...cursor, phase: "betweenBatches" };
  return cursor;
}

/** For messages: `epoch 2, batch 17 (global step 145)`. What runs after a batch is said to be at that batch. */
export function describeCursor({ epoch, batch, globalStep, phase }: Cursor): string {
  if (phase === "epochEnd") return `the end of epoch ${epoch} (global step ${globalStep})`;
  const isAfterBatch = phase === "batchEnd" || phase === "validated";
  return `epoch ${epoch}, batch ${isAfterBatch ? batch - 1 : batch} (global step ${globalStep})`;
}
