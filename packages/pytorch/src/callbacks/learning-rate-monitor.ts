import { MisconfigurationError, rejectUnknownOptions, type Optimizer } from "@lightning-ts/core";
import type { Trainer } from "../contract/trainer.js";
import { Callback } from "../contract/callback.js";

export interface LearningRateMonitorOptions {
  /** Log at every step or at every epoch. @default as often as each scheduler steps */
  readonly loggingInterval?: "step" | "epoch" | undefined;
  /** Also log momentum (or the first beta). @default false */
  readonly logMomentum?: boolean | undefined;
  readonly logWeightDecay?: boolean | undefined;
  /** Put before every name. */
  readonly logKeyPrefix?: string | undefined;
}

/** Sends the learning rates to the loggers, as `lr-Adam`, with several groups `lr-Adam/pg1`, `lr-Adam/pg2`. */
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
    if (trainer.loggers.length > 0) return;
    throw new MisconfigurationError({
      message: "LearningRateMonitor has no logger to write to.",
      tryThis: "new Trainer({ logger: true }).",
    });
  }

  override onTrainBatchStart(trainer: Trainer): void {
    const every = trainer.logEveryNSteps;
    if (this.#options.loggingInterval === "epoch" || every === 0 || (trainer.batchesThatStepped + 1) % every !== 0)
      return;
    this.#log(trainer, this.#options.loggingInterval === "step" ? "all" : "step");
  }

  override onTrainEpochStart(trainer: Trainer): void {
    if (this.#options.loggingInterval !== "step")
      this.#log(trainer, this.#options.loggingInterval === "epoch" ? "all" : "epoch");
  }

  #log(trainer: Trainer, interval: "step" | "epoch" | "all"): void {
    const row: Record<string, number> = {};
    for (const { name, optimizer, interval: own } of namedOptimizers(trainer)) {
      if (interval === "all" || own === interval)
        this.#addGroups(row, (this.#options.logKeyPrefix ?? "") + name, optimizer);
    }
    if (Object.keys(row).length === 0) return;
    for (const [name, value] of Object.entries(row)) (this.lrs[name] ??= []).push(value);
    trainer.logNow(row, trainer.batchesThatStepped);
  }

  #addGroups(row: Record<string, number>, name: string, { paramGroups }: Optimizer): void {
    for (const [index, group] of paramGroups.entries()) {
      const key = paramGroups.length === 1 ? name : `${name}/pg${index + 1}`;
      row[key] = group.lr;
      const momentum = group.momentum ?? group.betas?.[0];
      if (this.#options.logMomentum === true && momentum !== undefined) row[`${key}-momentum`] = momentum;
      const decay: unknown = Reflect.get(group, "weightDecay");
      if (this.#options.logWeightDecay === true && typeof decay === "number") row[`${key}-weight_decay`] = decay;
    }
  }
}

interface NamedOptimizer {
  readonly name: string;
  readonly optimizer: Optimizer;
  readonly interval: "step" | "epoch";
}

/** Schedulers' optimizers first, then those without a scheduler; names that repeat are numbered. */
function namedOptimizers(trainer: Trainer): NamedOptimizer[] {
  const scheduled = trainer.lrSchedulerConfigs.map(({ scheduler, name, interval }) => ({
    optimizer: scheduler.optimizer,
    name,
    interval: interval === "epoch" ? ("epoch" as const) : ("step" as const),
  }));
  const known = new Set(scheduled.map(({ optimizer }) => optimizer));
  const others = trainer.optimizers
    .filter(({ optimizer }) => !known.has(optimizer))
    .map(({ optimizer }) => ({ optimizer, name: undefined, interval: "epoch" as const }));
  const counts = new Map<string, number>();
  return [...scheduled, ...others].map(({ optimizer, name, interval }) => {
    const base = name ?? `lr-${optimizer.constructor.name}`;
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    return { optimizer, interval, name: count === 0 ? base : `${base}-${count}` };
  });
}
