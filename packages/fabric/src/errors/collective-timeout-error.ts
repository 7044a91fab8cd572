import { LightningError } from "@lightning-ts/core";
import { describeCall, type CollectiveCallDetails } from "./collective-call-details.js";

/** Another rank runs, but did not make a call within the time that this rank waits for it. */
export class CollectiveTimeoutError extends LightningError implements CollectiveCallDetails {
  readonly blamedRank: number;
  readonly operation: string;
  readonly sequenceNumber: number;
  readonly phase: string;
  readonly timeoutMs: number;

  /** @param whereabouts what the other rank is at */
  constructor(
    details: CollectiveCallDetails & {
      readonly ownRank: number;
      readonly timeoutMs: number;
      readonly whereabouts: string;
    },
  ) {
    super({
      code: "LIT_COLLECTIVE_TIMEOUT",
      message: `Rank ${details.ownRank} has waited ${details.timeoutMs} ms for rank ${details.blamedRank} in ${describeCall(details)}.`,
      expected: "every rank to make the same calls in the same order",
      received: details.whereabouts,
      tryThis: "find out what that rank does there; where it only needs more time, new DDPStrategy({ timeoutMs }).",
    });
    this.blamedRank = details.blamedRank;
    this.operation = details.operation;
    this.sequenceNumber = details.sequenceNumber;
    this.phase = details.phase;
    this.timeoutMs = details.timeoutMs;
  }
}
