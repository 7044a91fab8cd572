import { LightningError } from "@lightning-ts/core";

/** A function that `spawnRanks` runs in processes of its own failed there. `cause` is the error that it threw. */
export class SpawnedFunctionError extends LightningError {
  /** @param how what became of the first process, or what the function threw */
  constructor(details: { readonly call: string; readonly how: string; readonly cause?: unknown }) {
    super({
      code: "LIT_SPAWNED_FUNCTION",
      message: `${details.call} failed in a process of its own.`,
      received: details.how,
      tryThis: "what the processes wrote as errors, each line with its rank, says more.",
      cause: details.cause,
    });
  }
}
