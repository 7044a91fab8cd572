import { LightningError } from "@lightning-ts/core";
import { describeBatch } from "./describe-batch.js";

/** A hook of the user's module, data module or callback threw. `cause` is what it threw. */
export class HookError extends LightningError {
  /** E.g. `"LitMnist.trainingStep"`. */
  readonly hook: string;
  /** Where the run was, e.g. `"epoch 2, batch 17 (global step 145)"`. */
  readonly position: string;

  constructor(options: { readonly hook: string; readonly position: string; readonly cause: unknown; readonly batch?: unknown }) {
    const { hook, position, cause } = options;
    const shapes = options.batch === undefined ? "" : ` The batch was ${describeBatch(options.batch)}.`;
    super({ code: "LIT_HOOK_FAILED", message: `${hook} failed at ${position}: ${messageOf(cause)}${shapes}`, cause });
    this.hook = hook;
    this.position = position;
  }
}

/** The text of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
