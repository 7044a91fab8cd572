import { LightningError } from "@lightning-ts/core";
import { describeCall, type CollectiveCallDetails } from "./collective-call-details.js";

/** Ranks met in one call and had called different things: another operation, name, length or type of numbers. */
export class CollectiveMismatchError extends LightningError implements CollectiveCallDetails {
  readonly blamedRank: number;
  readonly operation: string;
  readonly sequenceNumber: number;
  readonly phase: string;

  /** @param calls what each rank called, in words */
  constructor(details: CollectiveCallDetails & { readonly ownRank: number; readonly calls: readonly string[] }) {
    super({
      code: "LIT_COLLECTIVE_MISMATCH",
      message: `Ranks ${details.ownRank} and ${details.blamedRank} disagree on ${describeCall(details)}.`,
      expected: "the same operation, name, length and type of numbers on every rank",
      received: details.calls.join("; "),
      tryThis: "the same steps on every rank: look for what depends on the rank or on its data.",
    });
    this.blamedRank = details.blamedRank;
    this.operation = details.operation;
    this.sequenceNumber = details.sequenceNumber;
    this.phase = details.phase;
  }
}
