import type { NativeBuffer } from "./native-buffer.js";
import type { NativeGraph } from "./native-graph.js";
import type { NativeTicket } from "./native-ticket.js";

/** A run that has not been observed to be over, with everything that it touches. */
export interface RunInFlight {
  readonly ticket: NativeTicket;
  /** `undefined` for a program. */
  readonly graph: NativeGraph | undefined;
  readonly inputs: readonly NativeBuffer[];
  readonly outputs: readonly NativeBuffer[];
  /** A program's request that is looked at again when the run is over, and given back then. */
  readonly memo?: { readonly buffer: NativeBuffer; readonly explain: () => string | undefined };
}
