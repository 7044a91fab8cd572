import { describeValue, MisconfigurationError } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";

/** @throws MisconfigurationError unless `loss` is a tensor */
export function checkLoss(loss: unknown): asserts loss is Tensor {
  if (loss instanceof Tensor) return;
  throw new MisconfigurationError({
    code: "LIT_BACKWARD",
    message: "backward() needs the loss as a tensor.",
    received: describeValue(loss),
    tryThis: "the tensor itself, before its value was read.",
  });
}
