import { LightningError } from "@lightning-ts/core";
import type { LockContent } from "./lock-files.js";

/** The run that was to be resumed is under way already. */
export class RunIsAliveError extends LightningError {
  readonly folder: string;
  readonly hostName: string | undefined;
  readonly processId: number | undefined;

  constructor(folder: string, holder: LockContent | undefined) {
    super({
      code: "LIT_RUN_ALIVE",
      message:
        holder === undefined
          ? `The run whose checkpoint this is is being started by another process in ${folder}.`
          : `The run whose checkpoint this is is still alive: process ${holder.processId} on ${holder.hostName}, since ${new Date(holder.startedMs).toISOString()}, writes to ${folder}.`,
      tryThis:
        "wait until that process has ended. If its machine is gone, try again in three minutes. To begin a run of its own from these weights, load them with loadFromCheckpoint and fit without ckptPath.",
    });
    this.folder = folder;
    this.hostName = holder?.hostName;
    this.processId = holder?.processId;
  }
}
