import { LightningError } from "@lightning-ts/core";
import { messageOf } from "./hook-error.js";

/**
 * Something that is no hook failed: most often the device, which computes a little behind the loop. `cause` is what it
 * threw.
 */
export class RunError extends LightningError {
  /** Where the run was when it heard of the failure, e.g. `"epoch 2, batch 17 (global step 145)"`. */
  readonly position: string;

  constructor(options: { readonly position: string; readonly cause: unknown }) {
    const { position, cause } = options;
    super({
      code: "LIT_RUN_FAILED",
      message: `The run failed at ${position} or just before: ${messageOf(cause)}`,
      cause,
    });
    this.position = position;
  }
}
