/** Which call of a collective an error is about. */
export interface CollectiveCallDetails {
  /** The rank that the error blames. */
  readonly blamedRank: number;
  /** The operation with its name: `allReduce "gradients"`. */
  readonly operation: string;
  /** The number of the call: ranks make the same calls in the same order. */
  readonly sequenceNumber: number;
  /** What this rank was at: `backward`, `save`, … */
  readonly phase: string;
}

/** The call, for messages. */
export function describeCall({ operation, sequenceNumber, phase }: CollectiveCallDetails): string {
  return `${operation} (call ${sequenceNumber}, phase ${phase})`;
}
