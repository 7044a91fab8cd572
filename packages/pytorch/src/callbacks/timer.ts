import { isAmount, rejectUnknownOptions } from "@lightning-ts/core";
import { badOption } from "../errors/bad-option.js";
import { durationMs, type Duration } from "../words/duration.js";
import type { Stage } from "../words/stages.js";
import type { Trainer } from "../contract/trainer.js";
import { unreadableState } from "./unreadable-state.js";
import { Callback } from "../contract/callback.js";

export interface TimerOptions {
  /** How long training may take, over all resumed runs. @default no limit: the time is only measured */
  readonly duration?: Duration | undefined;
  /** Whether to look after every step or every epoch. @default "step" */
  readonly interval?: "step" | "epoch" | undefined;
  readonly verbose?: boolean | undefined;
}

/** Longer than any run, shorter than any damage. */
const LONGEST_MS = Number.MAX_SAFE_INTEGER;

/**
 * Measures how long training, validation and testing take, and stops training when the time is used up.
 * @example
 * ```ts
 * import { Timer, Trainer } from "@lightning-ts/pytorch";
 *
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [new Timer({ duration: { hours: 2 } })] });
 * ```
 */
export class Timer extends Callback {
  static override readonly stateName: string = "Timer";

  readonly #durationMs: number;
  readonly #interval: "step" | "epoch";
  readonly #verbose: boolean;
  readonly #startedMs = new Map<Stage, number>();
  readonly #endedMs = new Map<Stage, number>();
  #offsetMs = 0;
  #trainer: Trainer | undefined;

  constructor(options: TimerOptions = {}) {
    super();
    rejectUnknownOptions("Timer", options, ["duration", "interval", "verbose"]);
    const limit = options.duration === undefined ? Number.POSITIVE_INFINITY : durationMs(options.duration);
    if (limit === undefined)
      throw badOption(
        "Timer",
        "duration",
        'milliseconds, "DD:HH:MM:SS", or { weeks, days, hours, minutes, seconds }',
        options.duration,
      );
    if (options.interval !== undefined && options.interval !== "step" && options.interval !== "epoch")
      throw badOption("Timer", "interval", '"step" or "epoch"', options.interval);
    this.#durationMs = limit;
    this.#interval = options.interval ?? "step";
    this.#verbose = options.verbose ?? true;
  }

  /** Milliseconds spent in a stage; for `fit` those of resumed runs too. */
  timeElapsed(stage: Stage = "fit"): number {
    const started = this.#startedMs.get(stage);
    const offset = stage === "fit" ? this.#offsetMs : 0;
    if (started === undefined) return offset;
    return (this.#endedMs.get(stage) ?? this.#trainer?.ports.clock.now() ?? started) - started + offset;
  }

  /** Milliseconds that are left for a stage; `Infinity` without a `duration`. */
  timeRemaining(stage: Stage = "fit"): number {
    return Math.max(0, this.#durationMs - this.timeElapsed(stage));
  }

  /** When a stage began last, in milliseconds of the clock; undefined before it has. */
  startTime(stage: Stage = "fit"): number | undefined {
    return this.#startedMs.get(stage);
  }

  /** When a stage ended; undefined while it runs. */
  endTime(stage: Stage = "fit"): number | undefined {
    return this.#endedMs.get(stage);
  }

  override onFitStart(trainer: Trainer): void {
    if (this.#offsetMs >= this.#durationMs) this.#stop(trainer);
  }
  override onTrainStart(trainer: Trainer): void {
    this.#start(trainer, "fit");
  }
  override onTrainEnd(trainer: Trainer): void {
    this.#endedMs.set("fit", trainer.ports.clock.now());
  }
  override onValidationStart(trainer: Trainer): void {
    this.#start(trainer, "validate");
  }
  override onValidationEnd(trainer: Trainer): void {
    this.#endedMs.set("validate", trainer.ports.clock.now());
  }
  override onTestStart(trainer: Trainer): void {
    this.#start(trainer, "test");
  }
  override onTestEnd(trainer: Trainer): void {
    this.#endedMs.set("test", trainer.ports.clock.now());
  }
  override onTrainBatchEnd(trainer: Trainer): void {
    if (this.#interval === "step") this.#check(trainer);
  }
  override onTrainEpochEnd(trainer: Trainer): void {
    if (this.#interval === "epoch") this.#check(trainer);
  }

  override stateDict(): Record<string, unknown> {
    return { version: 1, timeElapsedMs: this.timeElapsed() };
  }
  override loadStateDict(state: Record<string, unknown>): void {
    const { version, timeElapsedMs } = state;
    if (version !== 1 || !isAmount(timeElapsedMs) || timeElapsedMs > LONGEST_MS) throw unreadableState("Timer", state);
    this.#offsetMs = timeElapsedMs;
  }

  #start(trainer: Trainer, stage: Stage): void {
    this.#trainer = trainer;
    this.#startedMs.set(stage, trainer.ports.clock.now());
    this.#endedMs.delete(stage);
  }

  #check(trainer: Trainer): void {
    if (this.timeElapsed() >= this.#durationMs) this.#stop(trainer);
  }

  #stop(trainer: Trainer): void {
    // A wish that waits for `minEpochs` is not repeated after every step.
    if (trainer.shouldStop) return;
    const seconds = (this.#durationMs / 1000).toFixed(1);
    trainer.stop(`the time limit of ${seconds} s is reached`);
    if (this.#verbose) trainer.say(`Timer: the time limit of ${seconds} s is reached.`);
  }
}
