// Cells of the control block that the executor thread shares with its helpers.

/** Goes up when there is something to do. */
export const SEQUENCE = 0;
/** 1 as long as helpers may take chunks of the request. */
export const IS_OPEN = 1;
/** Helpers that may be at work on the request. */
export const INSIDE = 2;
/** The next chunk that nobody has taken. */
export const NEXT_CHUNK = 3;
export const IS_STOPPING = 4;
/** Where the request's address and size are, in bytes. */
export const REQUEST_OFFSET = 32;
export const CONTROL_BYTES = 48;
