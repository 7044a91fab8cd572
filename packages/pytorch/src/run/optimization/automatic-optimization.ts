import { MisconfigurationError } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";
import type { StepOutput } from "../../words/step-output.js";
import { isPromiseLike } from "../door/is-promise-like.js";
import { LightningModule } from "../../contract/lightning-module.js";
import type { LightningOptimizer } from "../../words/lightning-optimizer.js";
import { describeValue } from "../../errors/describe-value.js";
import type { Session } from "../session/session.js";
import { checkFinite } from "./check-finite.js";
import type { OptimizerStepper } from "./optimizer-stepper.js";
import { runSteps } from "../door/run-steps.js";
import { TrainingStepCall } from "./training-step-call.js";

const NOTHING: StepOutput = Object.freeze({});

/**
 * One batch of automatic optimization: `trainingStep`, `zeroGrad`, backward, and at the end of an accumulation window
 * the optimizer. One object for a whole fit; its fields are the batch that is being trained.
 */
export class AutomaticOptimization {
  /** What the step returned, with the loss that was used. */
  outputs: StepOutput = NOTHING;
  readonly #session: Session;
  readonly #stepper: OptimizerStepper;
  readonly #closure: () => void | Promise<void>;
  readonly #step: TrainingStepCall;
  readonly #afterForward: readonly (() => unknown)[];
  readonly #overridesOptimizerStep: boolean;
  #batch: unknown;
  #batchIdx = 0;
  #loss: Tensor | undefined;
  #closureRan = false;

  constructor(session: Session, stepper: OptimizerStepper) {
    const { module } = session;
    const base = LightningModule.prototype;
    this.#session = session;
    this.#stepper = stepper;
    this.#closure = () => this.#runClosure();
    this.#step = new TrainingStepCall(session);
    this.#overridesOptimizerStep = module.optimizerStep !== base.optimizerStep;
    this.#afterForward = [
      () => this.#zeroGradHooks(),
      () => this.#zeroGrad(),
      () => this.#beforeBackward(),
      () => this.#backward(),
      () => this.#afterBackward(),
    ];
  }

  /** @param isWindowEnd whether the optimizer steps after this batch */
  run(batch: unknown, batchIdx: number, isWindowEnd: boolean): void | Promise<void> {
    this.#batch = batch;
    this.#batchIdx = batchIdx;
    this.#closureRan = false;
    if (!isWindowEnd) return this.#session.connection.strategy.noBackwardSync(this.#session.module, this.#closure);
    const optimizer = this.#stepper.optimizers[0];
    if (optimizer === undefined) return runSteps([this.#closure, () => this.#session.state.move({ type: "stepped" })]);
    return this.#overridesOptimizerStep ? this.#userStep(optimizer) : this.#stepper.step(optimizer, this.#closure);
  }

  async #userStep(optimizer: LightningOptimizer): Promise<void> {
    const { hooks, module, state } = this.#session;
    await hooks.call(module.constructor.name, "optimizerStep", () =>
      module.optimizerStep(state.cursor.epoch, this.#batchIdx, optimizer, this.#closure),
    );
    await this.#stepper.pending;
    if (this.#closureRan) return;
    throw new MisconfigurationError({
      code: "LIT_CLOSURE",
      message: `${module.constructor.name}.optimizerStep did not run the closure, so there is no loss and no gradient.`,
      tryThis: "call optimizer.step(closure), or closure() before optimizer.step().",
    });
  }

  #runClosure(): void | Promise<void> {
    this.#closureRan = true;
    const result = this.#step.run(this.#batch, this.#batchIdx);
    return isPromiseLike(result) ? this.#finishLater(result) : this.#finish(result);
  }

  async #finishLater(pending: PromiseLike<unknown>): Promise<void> {
    await this.#finish(await pending);
  }

  #finish(result: unknown): void | Promise<void> {
    const { module, messages, state } = this.#session;
    const loss = lossOf(result, this.#session);
    if (loss === undefined) {
      messages.warn(
        "no loss",
        `${module.constructor.name}.trainingStep returned nothing for batch ${this.#batchIdx}; it is skipped.`,
      );
      this.#loss = undefined;
      this.outputs = NOTHING;
    } else {
      const divisor = state.accumulateGradBatches;
      this.#loss = divisor === 1 ? loss : loss.div(divisor);
      this.outputs = result instanceof Tensor ? { loss: this.#loss } : { ...Object(result), loss: this.#loss };
    }
    return runSteps(this.#afterForward);
  }

  #startsWindow(): boolean {
    return this.#batchIdx % this.#session.state.accumulateGradBatches === 0;
  }

  #zeroGradHooks(): void | Promise<void> {
    const { hooks } = this.#session;
    const optimizer = this.#stepper.optimizers[0];
    if (optimizer !== undefined && hooks.table.onBeforeZeroGrad.length > 0 && this.#startsWindow())
      return hooks.run("onBeforeZeroGrad", optimizer);
  }

  #zeroGrad(): void {
    const { hooks, module, state } = this.#session;
    const optimizer = this.#stepper.optimizers[0];
    if (optimizer === undefined || !this.#startsWindow()) return;
    const outer = hooks.current;
    hooks.current = "optimizerZeroGrad";
    try {
      module.optimizerZeroGrad(state.cursor.epoch, this.#batchIdx, optimizer);
    } catch (error) {
      throw hooks.failure(`${module.constructor.name}.optimizerZeroGrad`, error);
    } finally {
      hooks.current = outer;
    }
  }

  #beforeBackward(): void | Promise<void> {
    const { hooks } = this.#session;
    if (this.#loss !== undefined && hooks.table.onBeforeBackward.length > 0)
      return hooks.run("onBeforeBackward", this.#loss);
  }

  #backward(): void | Promise<void> {
    const { hooks, module, plan, state } = this.#session;
    const loss = this.#loss;
    if (loss === undefined) return;
    if (plan.detectAnomaly) checkFinite("loss", loss, state.describePosition());
    const outer = hooks.current;
    hooks.current = "backward";
    try {
      const pending = module.backward(loss);
      if (pending instanceof Promise) return pending.finally(() => (hooks.current = outer));
      hooks.current = outer;
    } catch (error) {
      hooks.current = outer;
      throw hooks.failure(`${module.constructor.name}.backward`, error, this.#batch);
    }
  }

  #afterBackward(): void | Promise<void> {
    const { hooks, module, plan, state } = this.#session;
    if (this.#loss === undefined) return;
    if (plan.detectAnomaly)
      for (const [name, parameter] of module.namedParameters())
        if (parameter.grad !== null) checkFinite(`gradient of ${name}`, parameter.grad, state.describePosition());
    if (hooks.table.onAfterBackward.length > 0) return hooks.run("onAfterBackward");
  }
}

/** The loss in what a training step returned; undefined when it returned nothing. */
function lossOf(result: unknown, { module, state }: Session): Tensor | undefined {
  if (result === undefined || result === null) return undefined;
  const loss =
    result instanceof Tensor ? result : typeof result === "object" && "loss" in result ? result.loss : undefined;
  if (!(loss instanceof Tensor)) {
    throw new MisconfigurationError({
      code: "LIT_TRAINING_STEP",
      message: `${module.constructor.name}.trainingStep returned something without a loss at ${state.describePosition()}.`,
      expected: "a tensor, an object { loss: tensor, … }, or nothing to skip the batch",
      received: describeValue(result),
    });
  }
  if (loss.size !== 1) {
    throw new MisconfigurationError({
      code: "LIT_TRAINING_STEP",
      message: `The loss that ${module.constructor.name}.trainingStep returned at ${state.describePosition()} is not a single number.`,
      expected: "a scalar",
      received: `shape [${loss.shape.join(", ")}]`,
      tryThis: "loss.mean().",
    });
  }
  return loss;
}
