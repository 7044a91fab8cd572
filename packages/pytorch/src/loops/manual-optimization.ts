import { MisconfigurationError } from "@lightning-ts/core";
import type { BackwardOptions } from "@lightning-ts/fabric";
import { Tensor } from "@tensorflow/tfjs-core";
import { isPromiseLike } from "../hooks/is-promise-like.js";
import type { StepOutput } from "../hooks/step-output.js";
import { describeValue } from "../trainer/describe-value.js";
import type { Session } from "../trainer/session.js";
import { runSteps } from "./run-steps.js";

const NOTHING: StepOutput = Object.freeze({});

/** One batch of manual optimization: `trainingStep` does everything; its result is handed to the hooks. */
export class ManualOptimization {
  outputs: StepOutput = NOTHING;
  readonly #session: Session;
  readonly #forward: () => unknown;
  #batch: unknown;
  #batchIdx = 0;

  constructor(session: Session) {
    this.#session = session;
    this.#forward = () => session.module.trainingStep(this.#batch, this.#batchIdx);
  }

  run(batch: unknown, batchIdx: number): void | Promise<void> {
    const { connection, hooks, module } = this.#session;
    this.#batch = batch;
    this.#batchIdx = batchIdx;
    const outer = hooks.current;
    hooks.current = "trainingStep";
    let result: unknown;
    try {
      result = connection.precision.forward(this.#forward);
    } catch (error) {
      hooks.current = outer;
      throw hooks.failure(`${module.constructor.name}.trainingStep`, error, batch);
    }
    if (isPromiseLike(result)) return this.#finishLater(result, outer);
    hooks.current = outer;
    this.#finish(result);
  }

  async #finishLater(pending: PromiseLike<unknown>, outer: string | undefined): Promise<void> {
    const { hooks, module } = this.#session;
    try {
      this.#finish(await pending);
    } catch (error) {
      throw hooks.failure(`${module.constructor.name}.trainingStep`, error, this.#batch);
    } finally {
      hooks.current = outer;
    }
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
