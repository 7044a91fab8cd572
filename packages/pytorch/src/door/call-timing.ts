import type { UserCall } from "./user-call.js";

/** Hears when a call of the user's code begins and ends. */
export interface CallTiming {
  /** @returns what `end` is to be called with; undefined where this call is not timed */
  beginCall(call: UserCall): string | undefined;
  end(action: string): void;
}
