import type { GraphRunError } from "../errors/graph-run-error.js";
import type { NativeGraph } from "./native-graph.js";
import type { NativeTicket } from "./native-ticket.js";
import type { SessionBuffer } from "./session-buffer.js";

/** A run that has not been observed to be over, with everything that it touches. */
export interface RunInFlight {
  readonly ticket: NativeTicket;
  /** `undefined` for a program or a copy. */
  readonly graph: NativeGraph | undefined;
  readonly inputs: readonly SessionBuffer[];
  readonly outputs: readonly SessionBuffer[];
  /** Explains a flag, where what the run has read can tell. */
  readonly explain?: (() => string | undefined) | undefined;
  /** Is called when the run is over, with what it failed with. */
  readonly onSettled?: ((error: GraphRunError | undefined) => void) | undefined;
}
