import { MisconfigurationError } from "@lightning-ts/core";
import type { BackwardOptions } from "@lightning-ts/fabric";
import { Tensor } from "@tensorflow/tfjs-core";
import { isPromiseLike } from "../door/is-promise-like.js";
import type { StepOutput } from "../../words/step-output.js";
import { describeValue } from "../../errors/describe-value.js";
import type { Session } from "../session/session.js";
import { runSteps } from "../door/run-steps.js";
import { TrainingStepCall } from "./training-step-call.js";

const NOTHING: StepOutput = Object.freeze({});

/** One batch of manual optimization: `trainingStep` does everything; its result is handed to the hooks. */
export class ManualOptimization {
  outputs: StepOutput = NOTHING;
  readonly #session: Session;
  readonly #step: TrainingStepCall;

  constructor(session: Session) {
    this.#session = session;
    this.#step = new TrainingStepCall(session);
  }

  run(batch: unknown, batchIdx: number): void | Promise<void> {
    const result = this.#step.run(batch, batchIdx);
    if (isPromiseLike(result)) return this.#finishLater(result);
    this.#finish(result);
  }

  async #finishLater(pending: PromiseLike<unknown>): Promise<void> {
    this.#finish(await pending);
  }

  #finish(result: unknown): void {
    if (result === undefined || result === null) this.outputs = NOTHING;
    else if (result instanceof Tensor) this.outputs = { loss: result };
    else if (typeof result === "object") this.outputs = { ...result };
    else {
      throw new MisconfigurationError({
        code: "LIT_TRAINING_STEP",
        message: `${this.#session.module.constructor.name}.trainingStep returned something unknown.`,
        expected: "a tensor, an object, or nothing",
        received: describeValue(result),
      });
    }
  }
}

/** `manualBackward`: the gradients of a loss, with the hooks around it. */
export function manualBackward(session: Session, loss: Tensor, options: BackwardOptions): void | Promise<void> {
  const { hooks, module } = session;
  if (module.automaticOptimization) {
    throw new MisconfigurationError({
      code: "LIT_MANUAL_BACKWARD",
      message: "manualBackward() is for manual optimization.",
      tryThis: "return the loss from trainingStep, or set this.automaticOptimization = false in the constructor.",
    });
  }
  return runSteps([
    () => hooks.table.onBeforeBackward.length > 0 && hooks.run("onBeforeBackward", loss),
    () => module.backward(loss, options),
    () => hooks.table.onAfterBackward.length > 0 && hooks.run("onAfterBackward"),
  ]);
}
