import { isCount } from "@lightning-ts/core";
import type { StoppingReason } from "../contract/known-callbacks.js";
import { unreadableState } from "./unreadable-state.js";

/** What an EarlyStopping keeps in a checkpoint. */
export interface EarlyStoppingState {
  readonly waitCount: number;
  readonly stoppedEpoch: number;
  readonly bestScore: number;
  readonly stoppingReason: StoppingReason;
  readonly stoppingReasonMessage: string;
}

const REASONS: readonly unknown[] = [
  "notStopped",
  "stoppingThreshold",
  "divergenceThreshold",
  "patienceExhausted",
  "nonFiniteMetric",
] satisfies StoppingReason[];

/** @throws MisconfigurationError when it is none */
export function readEarlyStoppingState(state: Record<string, unknown>): EarlyStoppingState {
  const { version, waitCount, stoppedEpoch, bestScore, stoppingReason, stoppingReasonMessage } = state;
  if (
    version !== 1 ||
    !isCount(waitCount) ||
    !isCount(stoppedEpoch) ||
    typeof bestScore !== "number" ||
    Number.isNaN(bestScore) ||
    !isReason(stoppingReason) ||
    typeof stoppingReasonMessage !== "string"
  ) {
    throw unreadableState("EarlyStopping", state);
  }
  return { waitCount, stoppedEpoch, bestScore, stoppingReason, stoppingReasonMessage };
}

function isReason(value: unknown): value is StoppingReason {
  return REASONS.includes(value);
}
