import { classNameOf, MisconfigurationError, type Optimizer } from "@lightning-ts/core";
import { stateNameOf } from "../contract/state-name.js";
import type { Trainer } from "../contract/trainer.js";

/** An optimizer under the name of its learning rate. */
export interface NamedOptimizer {
  readonly name: string;
  readonly optimizer: Optimizer;
  /** How often its scheduler steps; undefined without one. */
  readonly interval: "step" | "epoch" | undefined;
}

/** Schedulers' optimizers first, then those without a scheduler; names that repeat are numbered. */
export function namedOptimizers(trainer: Trainer): NamedOptimizer[] {
  const scheduled = trainer.lrSchedulerConfigs.map(({ scheduler, name, interval }) => ({
    optimizer: scheduler.optimizer,
    name,
    interval: interval === "epoch" ? ("epoch" as const) : ("step" as const),
  }));
  const known = new Set(scheduled.map(({ optimizer }) => optimizer));
  const others = trainer.optimizers
    .filter(({ optimizer }) => !known.has(optimizer))
    .map(({ optimizer }) => ({ optimizer, name: undefined, interval: undefined }));
  const counts = new Map<string, number>();
  return [...scheduled, ...others].map(({ optimizer, name, interval }) => {
    const base = name ?? `lr-${stateNameOf(optimizer)}`;
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    return { optimizer, interval, name: count === 0 ? base : `${base}-${count}` };
  });
}

/**
 * Names of an optimizer's groups: `lr-SGD`, with several `lr-SGD/pg1`, and with a name of their own `lr-SGD/head`.
 * @throws MisconfigurationError when two have the same
 */
export function groupNames({ name, optimizer }: NamedOptimizer): readonly string[] {
  const { paramGroups } = optimizer;
  const own = paramGroups.map((group, index) => group.name ?? `pg${index + 1}`);
  const twice = own.find((one, index) => own.indexOf(one) !== index);
  if (twice !== undefined)
    throw new MisconfigurationError({
      message: `Two parameter groups of ${classNameOf(optimizer)} are called "${twice}", so LearningRateMonitor cannot tell them apart.`,
      tryThis: "another name for one of them.",
    });
  return own.map((one, index) =>
    paramGroups.length === 1 && paramGroups[index]?.name === undefined ? name : `${name}/${one}`,
  );
}
