import { classNameOf, MisconfigurationError } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";
import { Callback } from "../contract/callback.js";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";
import type { StepOutput } from "../words/step-output.js";
import type { RampMode } from "./lr-finder.js";

export interface Ramp {
  readonly mode: RampMode;
  readonly minLr: number;
  readonly maxLr: number;
  readonly steps: number;
  /** Stop where the loss passes so many times the best one. */
  readonly earlyStopThreshold: number | undefined;
}

/** How much of the average is kept from step to step. */
const BETA = 0.98;

/** Raises the learning rate step by step and writes down the loss at each. */
export class RampLearningRate extends Callback {
  static override readonly stateName: string = "RampLearningRate";
  readonly lrs: number[] = [];
  readonly losses: number[] = [];
  readonly #ramp: Ramp;
  #average = 0;
  #batchesWithoutStep = 0;
  #best = Number.POSITIVE_INFINITY;

  constructor(ramp: Ramp) {
    super();
    this.#ramp = ramp;
  }

  /** @throws MisconfigurationError for several optimizers */
  override onFitStart(trainer: Trainer, module: LightningModule): void {
    const { length } = trainer.optimizers;
    if (length !== 1)
      throw new MisconfigurationError({
        code: "LIT_TUNER",
        message: `The learning rate finder works with one optimizer, and ${classNameOf(module)}.configureOptimizers returned ${length}.`,
        tryThis: "find the rate of one of them in a module that trains it alone.",
      });
    trainer.lrSchedulerConfigs = [];
  }

  override onTrainBatchStart(trainer: Trainer): void {
    const rate = this.#rateAt(trainer.globalStep);
    for (const optimizer of trainer.optimizers) for (const group of optimizer.paramGroups) group.lr = rate;
  }

  override async onTrainBatchEnd(trainer: Trainer, _module: LightningModule, outputs: StepOutput): Promise<void> {
    const steps = trainer.globalStep;
    // Inside of an accumulation window no step was made.
    if (steps === this.lrs.length) {
      this.#requireSteps(trainer);
      return;
    }
    this.#batchesWithoutStep = 0;
    const { loss } = outputs;
    this.lrs.push(this.#rateAt(steps - 1));
    if (!(loss instanceof Tensor)) {
      this.losses.push(Number.NaN);
      return;
    }
    const [value = Number.NaN] = await loss.data();
    this.#average = BETA * this.#average + (1 - BETA) * value;
    // The exponent is one too high, as it is in Lightning: curves can be compared.
    const smoothed = this.#average / (1 - BETA ** (steps + 1));
    const { earlyStopThreshold } = this.#ramp;
    if (earlyStopThreshold !== undefined && steps > 1 && smoothed > earlyStopThreshold * this.#best)
      trainer.shouldStop = true;
    if (smoothed < this.#best || steps === 1) this.#best = smoothed;
    this.losses.push(smoothed);
  }

  /** A trial ends after so many steps: without any it would go on for ever. */
  #requireSteps({ accumulateGradBatches }: Trainer): void {
    this.#batchesWithoutStep += 1;
    const most = Math.max(this.#ramp.steps, accumulateGradBatches);
    if (this.#batchesWithoutStep <= most) return;
    throw new MisconfigurationError({
      code: "LIT_TUNER",
      message: `The learning rate finder saw ${most} batches behind one another in which no optimizer made a step.`,
      expected: "steps, whose losses show what their learning rates do",
      tryThis: "with automaticOptimization = false, call this.optimizers().step() in trainingStep.",
    });
  }

  /** @param step counted from 0 */
  #rateAt(step: number): number {
    const { mode, minLr, maxLr, steps } = this.#ramp;
    // The first step is made with the lowest rate, and the second one two steps further, as in Lightning.
    const share = step === 0 ? 0 : (step + 1) / steps;
    return mode === "linear" ? minLr + share * (maxLr - minLr) : minLr * (maxLr / minLr) ** share;
  }
}
