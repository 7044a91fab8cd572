import { LightningError } from "@lightning-ts/core";

/** MPI itself, which carries the calls between the processes of a cluster, has failed. */
export class MessagePassingError extends LightningError {
  /** @param what what it said */
  constructor(what: string) {
    super({
      code: "LIT_MPI_FAILED",
      message: `The processes cannot reach each other by MPI: ${what}.`,
      tryThis: "a small program of MPI's own, started in the same way, to see whether the cluster is well.",
    });
  }
}
