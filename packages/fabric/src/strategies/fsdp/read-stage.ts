import { describeValue, MisconfigurationError } from "@lightning-ts/core";

/** 1 shards the optimizer's state, 2 the gradients too. */
export type FSDPStage = 1 | 2;

/** @throws MisconfigurationError for a stage that does not exist, or not yet */
export function readStage(stage: unknown): FSDPStage {
  if (stage === 1 || stage === 2) return stage;
  if (stage === 3)
    throw new MisconfigurationError({
      code: "LIT_STRATEGY",
      message: 'Stage 3 of the strategy "fsdp", which divides the weights too, does not exist yet in this version.',
      expected: "stage 1, which divides the optimizer's state, or 2, which divides the gradients too",
      received: "3",
      tryThis: "new FSDPStrategy({ stage: 2 }).",
    });
  throw new MisconfigurationError({
    message: "FSDPStrategy has no such stage.",
    expected: "1 or 2",
    received: describeValue(stage),
  });
}

/** How the checkpoints of several ranks are saved: in one file, or as a folder with a file for each rank. */
export type StateDictType = "full" | "sharded";

/** @throws MisconfigurationError for another word */
export function readStateDictType(type: unknown): StateDictType {
  if (type === "full" || type === "sharded") return type;
  throw new MisconfigurationError({
    message: "FSDPStrategy has no such stateDictType.",
    expected: '"full", one file, or "sharded", a folder with a file for each rank',
    received: describeValue(type),
  });
}
