import { LightningError } from "@lightning-ts/core";
import { describeCall, type CollectiveCallDetails } from "./collective-call-details.js";

/** Another rank failed, was ended, or left: what this rank waits for cannot happen any more. */
export class RankFailedError extends LightningError implements CollectiveCallDetails {
  readonly blamedRank: number;
  readonly operation: string;
  readonly sequenceNumber: number;
  readonly phase: string;

  /** @param how what became of the other rank, as it or the system said */
  constructor(details: CollectiveCallDetails & { readonly ownRank: number; readonly how: string }) {
    super({
      code: "LIT_RANK_FAILED",
      message: `Rank ${details.blamedRank} is gone, and rank ${details.ownRank} waits for it in ${describeCall(details)}.`,
      received: details.how,
      tryThis: `find out what ended rank ${details.blamedRank}, and start the script again.`,
    });
    this.blamedRank = details.blamedRank;
    this.operation = details.operation;
    this.sequenceNumber = details.sequenceNumber;
    this.phase = details.phase;
  }
}
