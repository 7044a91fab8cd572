import { MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import type { Trainer } from "../contract/trainer.js";
import { Callback } from "../contract/callback.js";
import { groupNames, namedOptimizers, type NamedOptimizer } from "./learning-rate-names.js";

export interface LearningRateMonitorOptions {
  /** Log at every step or at every epoch. @default as often as each scheduler steps */
  readonly loggingInterval?: "step" | "epoch" | undefined;
  /** Also log momentum (or the first beta). @default false */
  readonly logMomentum?: boolean | undefined;
  readonly logWeightDecay?: boolean | undefined;
  /** Put before every name. */
  readonly logKeyPrefix?: string | undefined;
}

/**
 * Sends the learning rates to the loggers, as `lr-Adam`, with several groups `lr-Adam/pg1`, or by their names.
 * @example
 * ```ts
 * import { LearningRateMonitor, Trainer } from "@lightning-ts/pytorch";
 *
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [new LearningRateMonitor({ loggingInterval: "epoch" })] });
 * ```
 */
export class LearningRateMonitor extends Callback {
  /** What was logged, by name. */
  readonly lrs: Record<string, number[]> = {};
  readonly #options: LearningRateMonitorOptions;

  constructor(options: LearningRateMonitorOptions = {}) {
    super();
    rejectUnknownOptions("LearningRateMonitor", options, [
      "loggingInterval",
      "logMomentum",
      "logWeightDecay",
      "logKeyPrefix",
    ]);
    const { loggingInterval } = options;
    if (loggingInterval !== undefined && loggingInterval !== "step" && loggingInterval !== "epoch") {
      throw new MisconfigurationError({
        message: "LearningRateMonitor does not know this loggingInterval.",
        expected: '"step" or "epoch"',
        received: String(loggingInterval),
      });
    }
    this.#options = options;
  }

  override onTrainStart(trainer: Trainer): void {
    if (trainer.loggers.length === 0)
      throw new MisconfigurationError({
        message: "LearningRateMonitor has no logger to write to.",
        tryThis: "new Trainer({ logger: true }).",
      });
    for (const named of namedOptimizers(trainer)) groupNames(named);
  }

  override onTrainBatchStart(trainer: Trainer): void {
    const { batchesThatStepped, logEveryNSteps: every, shouldStop } = trainer;
    if (this.#options.loggingInterval === "epoch" || every === 0) return;
    if ((batchesThatStepped + 1) % every !== 0 && !shouldStop) return;
    this.#log(trainer, this.#options.loggingInterval === "step" ? "all" : "step");
  }

  override onTrainEpochStart(trainer: Trainer): void {
    if (this.#options.loggingInterval !== "step")
      this.#log(trainer, this.#options.loggingInterval === "epoch" ? "all" : "epoch");
  }

  /** Optimizers without a scheduler have no interval of their own: they are logged with all others. */
  #log(trainer: Trainer, interval: "step" | "epoch" | "all"): void {
    const row: Record<string, number> = {};
    for (const named of namedOptimizers(trainer))
      if (interval === "all" || named.interval === undefined || named.interval === interval)
        this.#addGroups(row, named);
    if (Object.keys(row).length === 0) return;
    for (const [name, value] of Object.entries(row)) this.#remember(name, value);
    trainer.logNow(row, trainer.batchesThatStepped);
  }

  /** The first group changes its name when the optimizer gets a second one. */
  #remember(name: string, value: number): void {
    const before = name.replace("/pg1", "");
    const history = this.lrs[before];
    if (history !== undefined && this.lrs[name] === undefined) {
      this.lrs[name] = history;
      delete this.lrs[before];
    }
    (this.lrs[name] ??= []).push(value);
  }

  #addGroups(row: Record<string, number>, named: NamedOptimizer): void {
    const names = groupNames(named);
    for (const [index, group] of named.optimizer.paramGroups.entries()) {
      const key = `${this.#options.logKeyPrefix ?? ""}${names[index] ?? named.name}`;
      row[key] = group.lr;
      const momentum = group.momentum ?? group.betas?.[0];
      if (this.#options.logMomentum === true && momentum !== undefined) row[`${key}-momentum`] = momentum;
      const decay = "weightDecay" in group ? group.weightDecay : undefined;
      if (this.#options.logWeightDecay === true && typeof decay === "number") row[`${key}-weight_decay`] = decay;
    }
  }
}
