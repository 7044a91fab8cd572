import type { RunTicket } from "../contract/graph-runner.js";

/** One started run of a graph or of a program, as the values know it that it writes. */
export interface Run {
  readonly ticket: RunTicket;
  /** The flush that it belongs to. */
  readonly flushId: number;
  isSettled: boolean;
  /** Whether the results are what the nodes say. */
  isSound: boolean;
}
