import { describeValue, MisconfigurationError } from "@lightning-ts/core";

/** The error for what a checkpoint holds in the place of a callback's state. */
export function unreadableState(callback: string, state: unknown): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_CKPT_KEY",
    message: `The checkpoint's state of ${callback} cannot be read.`,
    received: describeValue(state),
  });
}
