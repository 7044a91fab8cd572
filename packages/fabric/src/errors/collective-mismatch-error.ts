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
      tryThis: adviceFor(details.calls),
    });
    this.blamedRank = details.blamedRank;
    this.operation = details.operation;
    this.sequenceNumber = details.sequenceNumber;
    this.phase = details.phase;
  }
}

/** Calls that reduce gradients name the parameters that have none on their rank: `…, without head.weight`. */
function adviceFor(calls: readonly string[]): string {
  const isOfGradients = calls.every((call) => call.includes('"gradients'));
  if (!isOfGradients || !calls.some((call) => call.includes(", without ")))
    return "the same steps on every rank: look for what depends on the rank or on its data.";
  return (
    'strategy: "ddp_find_unused_parameters_true", which counts the gradient of a parameter that the loss of a rank does ' +
    "not reach as zero there; or a loss that reaches the same parameters on every rank."
  );
}
