/**
 * The memory through which the main thread, the executor and its helpers talk: the one source of its layout for all of
 * them. The threads are plain JavaScript, because Node 20 cannot start one from TypeScript; they get this with their
 * first data.
 */

/** Int32 cells at the start of the executor's control block. Counters wrap around at 2^32. */
export const CELL = {
  /** Slots handed over so far. */
  submitted: 0,
  /** Slots done so far. */
  completed: 1,
  /** 1 as long as the main thread wants a message after the next completed slot. */
  isMessageWanted: 2,
  /** 1 once the thread has died. */
  hasFailed: 3,
  /** 1 once the thread has loaded its libraries, or could not. */
  hasLoaded: 4,
  /** 1 as long as slots are to note when they began and ended. */
  isMeasuring: 5,
} as const;
export const HEADER_BYTES = 64;

/** Slots in the ring behind the header; a slot is reused after this many others. */
export const SLOTS = 64;

/**
 * Fields of a slot, 64 bits each. There is room for more: a second lane with a thread of its own needs a kind `wait`
 * with the number of the lane and of the slot that it waits for.
 */
export const SLOT = {
  kind: 0,
  /** When a slot fails, the executor passes over later ones of the same or an earlier epoch. */
  epoch: 1,
  /**
   * Address of an int32 that the run writes: a positive number means that the run counts as failed. 0 if there is none.
   */
  flag: 2,
  /**
   * Written by the executor: 0, an `OrtStatus *`, `SKIPPED`, or the flag's value with a minus sign (-1 for a program
   * that found something wrong).
   */
  status: 3,
  session: 4,
  inputNames: 5,
  inputValues: 6,
  inputCount: 7,
  outputNames: 8,
  outputCount: 9,
  outputValues: 10,
  /** Where a program's request is, and its size. */
  requestAddress: 11,
  requestBytes: 12,
  /** Written by the executor where it measures: nanoseconds of `process.hrtime`, or 0 for one that was passed over. */
  startedAt: 13,
  endedAt: 14,
} as const;
export const SLOT_FIELDS = 16;
export const CONTROL_BYTES = HEADER_BYTES + SLOTS * SLOT_FIELDS * 8;

/** What a slot asks for. */
export const KIND = { end: 0n, run: 1n, program: 2n } as const;

/** The epoch of a slot that nothing before it can make worthless. */
export const NO_EPOCH = -1n;

/** The status of a slot that was passed over because its epoch had failed before. */
export const SKIPPED = 1n;

/** Head of a program's request in 64-bit fields: program, tensors, scalars. */
export const REQUEST = { program: 0, tensors: 1, scalars: 2 } as const;
export const REQUEST_HEAD_FIELDS = 3;

/**
 * Head of a scatter's request in 64-bit fields; `status` is 0, or the number from 1 of the first update whose index is
 * wrong. Behind it are the extents (in their place then that index), the float64 sums of the parts, and room for
 * sorting.
 */
export const SCATTER = {
  program: 0,
  status: 1,
  units: 2,
  isStreamed: 3,
  parts: 4,
  count: 5,
  width: 6,
  rows: 7,
  skippedRow: 8,
  skipsOutside: 9,
  updates: 10,
  indices: 11,
  table: 12,
  depth: 13,
} as const;
export const SCATTER_HEAD_FIELDS = 14;
/** Units into which a scatter is split at most, each described by four int32. */
export const MOST_UNITS = 256;

/** Int32 cells of the block that the executor shares with its helpers. */
export const CREW = {
  /** Goes up when there is something to do. */
  sequence: 0,
  /** 1 as long as helpers may take shares of the request. */
  isOpen: 1,
  /** Helpers that may be at work on the request. */
  inside: 2,
  /** The next share that nobody has taken. */
  nextShare: 3,
  isStopping: 4,
  /** 1 when a helper has died, which may have taken a share along. */
  hasFailed: 5,
} as const;
/** Where the request's address and size are in that block, in bytes. */
export const CREW_REQUEST_OFFSET = 32;
export const CREW_BYTES = 48;

/** What the threads get. */
export const EXECUTOR_LAYOUT = {
  ...{ CELL, HEADER_BYTES, SLOTS, SLOT, SLOT_FIELDS, KIND, NO_EPOCH, SKIPPED },
  ...{ SCATTER, SCATTER_HEAD_FIELDS, MOST_UNITS },
  ...{ REQUEST, REQUEST_HEAD_FIELDS, CREW, CREW_REQUEST_OFFSET, CREW_BYTES },
} as const;
