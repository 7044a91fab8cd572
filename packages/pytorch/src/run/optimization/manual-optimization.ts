import { classNameOf, describeValue, MisconfigurationError } from "@lightning-ts/core";
import type { BackwardOptions } from "@lightning-ts/fabric";
import { Tensor } from "@tensorflow/tfjs-core";
import type { Steps } from "../../door/steps.js";
import { checkGradients } from "./check-finite.js";
import { NO_OUTPUT, type StepOutput } from "../../words/step-output.js";
import type { Session } from "../session/session.js";

/** A batch of manual optimization: `trainingStep` does everything. @returns what hooks are told */
export function* optimizeManually({ door, module }: Session, batch: unknown, batchIdx: number): Steps<StepOutput> {
  const result: unknown = yield* door.step(module, "trainingStep", batch, batchIdx);
  if (result === undefined || result === null) return NO_OUTPUT;
  if (result instanceof Tensor) return { loss: result };
  if (typeof result === "object") return { ...result };
  throw new MisconfigurationError({
    code: "LIT_TRAINING_STEP",
    message: `${classNameOf(module)}.trainingStep returned something unknown.`,
    expected: "a tensor, an object, or nothing",
    received: describeValue(result),
  });
}

/** `manualBackward`: the gradients of a loss, with the hooks around it. */
export function* manualBackward(session: Session, loss: Tensor, options: BackwardOptions): Steps<void> {
  const { connection, door, hooks, module, numbers, plan, state } = session;
  if (module.automaticOptimization) {
    throw new MisconfigurationError({
      code: "LIT_MANUAL_BACKWARD",
      message: "manualBackward() is for manual optimization.",
      tryThis: "return the loss from trainingStep, or set this.automaticOptimization = false in the constructor.",
    });
  }
  if (state.skipsBackward) return;
  numbers.takeLoss(loss, state);
  yield* hooks.run("onBeforeBackward", loss);
  yield* door.call(module, "backward", loss, options);
  connection.strategy.joinGradients();
  if (plan.detectAnomaly) checkGradients(module, state.describePosition());
  yield* hooks.run("onAfterBackward");
}
