import { LightningError } from "@lightning-ts/core";

/** The run was asked to stop: Ctrl-C, SIGTERM, or an aborted signal. */
export class InterruptionError extends LightningError {
  constructor(reason: string, position: string) {
    super({ code: "LIT_INTERRUPTED", message: `The run was interrupted at ${position}: ${reason}.` });
  }
}
