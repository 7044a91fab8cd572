import { LightningError } from "@lightning-ts/core";

/** The run was asked to stop: Ctrl-C, SIGTERM, or an aborted signal. */
export class InterruptionError extends LightningError {
  /** E.g. `"SIGINT"`, or what the signal was aborted with. */
  readonly reason: string;
  /** Where the run was, e.g. `"epoch 2, batch 17 (global step 145)"`. */
  readonly position: string;

  constructor(reason: string, position: string) {
    super({ code: "LIT_INTERRUPTED", message: `The run was interrupted at ${position}: ${reason}.` });
    this.reason = reason;
    this.position = position;
  }
}
