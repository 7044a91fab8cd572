import { classNameOf, describeValue, MisconfigurationError } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { FitSession } from "../session/fit-session.js";

/**
 * The loss in what a training step returned, divided by `accumulateGradBatches`; undefined when it returned nothing.
 * @throws MisconfigurationError for anything else, and for nothing where there are several ranks
 */
export function lossOf(result: unknown, session: FitSession, batchIdx: number): Tensor | undefined {
  const { connection, module, optimizers, state, warnings } = session;
  if (result === undefined || result === null) {
    const step = `${classNameOf(module)}.trainingStep`;
    if (connection.strategy.worldSize > 1)
      throw new MisconfigurationError({
        code: "LIT_TRAINING_STEP",
        message: `${step} returned nothing at ${state.describePosition()}, and other ranks wait for its gradients.`,
        expected: "a loss on every rank: several ranks cannot skip a batch",
        received: describeValue(result),
      });
    if (optimizers.optimizers.length > 0)
      warnings.warn(
        "no loss",
        `${step} returned nothing for batch ${batchIdx}: it is skipped, as is every batch without a loss. Unless that is on purpose, return the loss from it, or an object { loss, … }.`,
      );
    return undefined;
  }
  const loss =
    result instanceof Tensor ? result : typeof result === "object" && "loss" in result ? result.loss : undefined;
  if (!(loss instanceof Tensor)) {
    throw new MisconfigurationError({
      code: "LIT_TRAINING_STEP",
      message: `${classNameOf(module)}.trainingStep returned something without a loss at ${state.describePosition()}.`,
      expected: "a tensor, an object { loss: tensor, … }, or nothing to skip the batch",
      received: describeValue(result),
    });
  }
  if (loss.size !== 1) {
    throw new MisconfigurationError({
      code: "LIT_TRAINING_STEP",
      message: `The loss that ${classNameOf(module)}.trainingStep returned at ${state.describePosition()} is not a single number.`,
      expected: "a scalar",
      received: `shape [${loss.shape.join(", ")}]`,
      tryThis: "loss.mean().",
    });
  }
  return state.accumulateGradBatches === 1 ? loss : loss.div(state.accumulateGradBatches);
}

/** The error for an overridden `optimizerStep` that did not run its closure. */
export function closureNotRun(module: LightningModule): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_CLOSURE",
    message: `${classNameOf(module)}.optimizerStep did not run the closure, so there is no loss and no gradient.`,
    tryThis: "call optimizer.step(closure), or closure() before optimizer.step().",
  });
}
