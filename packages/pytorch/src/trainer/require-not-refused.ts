import { MisconfigurationError } from "@lightning-ts/core";
import type { Stage } from "../words/stages.js";

/** @throws MisconfigurationError when a signal interrupted the run before, and nobody has said that it may go on */
export function requireNotRefused(stage: Stage, interruption: string | undefined): void {
  if (interruption === undefined) return;
  throw new MisconfigurationError({
    code: "LIT_LEFT_INTERRUPTED",
    message: `trainer.${stage} was called after ${interruption} had interrupted the run before: the process was asked to end.`,
    tryThis:
      "to end, as the signal asked. To go on all the same, call trainer.clearInterruption() first, or use another Trainer.",
  });
}
