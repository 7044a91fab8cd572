import { LightningError } from "@lightning-ts/core";
import { describeBatch } from "./describe-batch.js";

/** A hook of the user's module, data module or callback threw. `cause` is what it threw. */
export class HookError extends LightningError {
  /** E.g. `"LitMnist.trainingStep"`. */
  readonly hook: string;
  /** Where the run was, e.g. `"epoch 2, batch 17 (global step 145)"`. */
  readonly position: string;

  constructor(options: {
    readonly hook: string;
    readonly position: string;
    readonly cause: unknown;
    readonly batch?: unknown;
  }) {
    const { hook, position, cause } = options;
    const happened = `${hook} failed at ${position}: ${messageOf(cause)}`;
    const message =
      options.batch === undefined ? happened : `${asSentence(happened)} The batch was ${describeBatch(options.batch)}.`;
    super({ code: "LIT_HOOK_FAILED", message, cause });
    this.hook = hook;
    this.position = position;
  }
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The text of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
