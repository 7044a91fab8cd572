import { LightningError } from "@lightning-ts/core";
import { wait, type Steps } from "../../door/steps.js";
import type { Session } from "../session/session.js";

/**
 * Looks whether steps of this run were taken back: where another run failed with which they were computed together,
 * nothing else would tell.
 * @throws LightningError; where this run's own work failed, that failure
 */
export function* requireOwnSteps({ backend, state }: Session): Steps<void> {
  if (!state.isTakenBack) return;
  yield* wait(backend.synchronize());
  throw new LightningError({
    code: "LIT_TAKEN_BACK",
    message: `Steps before ${state.describePosition()} were taken back, because another run failed that the same backend computed at the same time.`,
    tryThis: "going on from the last checkpoint; runs one after the other, or each in a process of its own.",
  });
}
