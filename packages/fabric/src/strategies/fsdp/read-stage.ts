import { describeValue, MisconfigurationError } from "@lightning-ts/core";

/** 1 shards the optimizer's state, 2 the gradients too. */
export type FSDPStage = 1;

/** @throws MisconfigurationError for a stage that does not exist, or not yet */
export function readStage(stage: unknown): FSDPStage {
  if (stage === 1) return stage;
  if (stage === 2 || stage === 3)
    throw new MisconfigurationError({
      code: "LIT_STRATEGY",
      message: `Stage ${stage} of the strategy "fsdp" does not exist yet in this version.`,
      expected: "stage 1, which divides the optimizer's state",
      received: String(stage),
      tryThis: "new FSDPStrategy({ stage: 1 }).",
    });
  throw new MisconfigurationError({
    message: "FSDPStrategy has no such stage.",
    expected: "1",
    received: describeValue(stage),
  });
}
