import {
  classNameOf,
  describeValue,
  MisconfigurationError,
  nearestName,
  OneCycleLR,
  Optimizer,
  ReduceLROnPlateau,
} from "@lightning-ts/core";
import type {
  LRSchedulerConfig,
  LRSchedulerLike,
  OptimizerConfig,
  OptimizersReturn,
  ResolvedOptimizers,
  ResolvedScheduler,
} from "../../words/scheduler-config.js";

const SCHEDULER_KEYS = ["scheduler", "interval", "frequency", "monitor", "strict", "name"];
const OPTIMIZER_KEYS = ["optimizer", "lrScheduler", "monitor"];

/**
 * Reads every format that `configureOptimizers` may return.
 * @throws MisconfigurationError for other formats, several optimizers with automatic optimization, and schedulers that
 *   cannot work
 */
export function resolveOptimizers(
  returned: OptimizersReturn | unknown,
  options: { readonly isAutomatic: boolean },
): ResolvedOptimizers {
  const warnings: string[] = [];
  if (returned === undefined || returned === null) {
    return {
      optimizers: [],
      schedulers: [],
      warnings: ["configureOptimizers returned nothing: the model runs without an optimizer and does not change."],
    };
  }
  const { optimizers, entries } = readFormat(returned, warnings);
  if (options.isAutomatic && optimizers.length > 1) {
    throw new MisconfigurationError({
      code: "LIT_SEVERAL_OPTIMIZERS",
      message: "Automatic optimization works with one optimizer.",
      received: `${optimizers.length} optimizers`,
      tryThis:
        "set this.automaticOptimization = false and step the optimizers in trainingStep: const [a, b] = this.optimizers().",
    });
  }
  const schedulers = entries.map((entry) => resolveScheduler(entry, optimizers, options.isAutomatic, warnings));
  return { optimizers, schedulers, warnings };
}

interface SchedulerEntry {
  readonly value: unknown;
  readonly monitor: string | undefined;
}

function readFormat(returned: unknown, warnings: string[]): { optimizers: Optimizer[]; entries: SchedulerEntry[] } {
  if (returned instanceof Optimizer) return { optimizers: [returned], entries: [] };
  if (isOptimizerConfig(returned)) return readConfigs([returned], warnings);
  if (Array.isArray(returned)) {
    const list: readonly unknown[] = returned;
    const [first, second] = list;
    if (list.length > 0 && list.every((one) => one instanceof Optimizer))
      return { optimizers: list.filter((one) => one instanceof Optimizer), entries: [] };
    if (list.length > 0 && list.every(isOptimizerConfig)) return readConfigs(list.filter(isOptimizerConfig), warnings);
    if (list.length === 2 && Array.isArray(first) && first.every((one) => one instanceof Optimizer)) {
      const schedulers: readonly unknown[] = Array.isArray(second) ? second : [second];
      return { optimizers: [...first], entries: schedulers.map((value) => ({ value, monitor: undefined })) };
    }
  }
  throw new MisconfigurationError({
    code: "LIT_CONFIGURE_OPTIMIZERS",
    message: "configureOptimizers returned something unknown.",
    expected: "an optimizer, { optimizer, lrScheduler?, monitor? }, a list of either, or [[optimizers], [schedulers]]",
    received: describeValue(returned),
  });
}

function isOptimizerConfig(value: unknown): value is OptimizerConfig {
  return (
    typeof value === "object" &&
    value !== null &&
    "optimizer" in value &&
    value.optimizer instanceof Optimizer &&
    !isScheduler(value)
  );
}

function readConfigs(
  configs: readonly OptimizerConfig[],
  warnings: string[],
): { optimizers: Optimizer[]; entries: SchedulerEntry[] } {
  const entries: SchedulerEntry[] = [];
  for (const config of configs) {
    warnUnknown(config, OPTIMIZER_KEYS, "the object that configureOptimizers returned", warnings);
    if (config.lrScheduler !== undefined) entries.push({ value: config.lrScheduler, monitor: config.monitor });
  }
  return { optimizers: configs.map((config) => config.optimizer), entries };
}

function warnUnknown(config: object, known: readonly string[], where: string, warnings: string[]): void {
  for (const key of Object.keys(config)) {
    if (known.includes(key)) continue;
    const nearest = nearestName(key, known);
    warnings.push(
      `${where} has an unknown key "${key}"${nearest === undefined ? "" : ` (did you mean "${nearest}"?)`}; it is ignored.`,
    );
  }
}

function resolveScheduler(
  entry: SchedulerEntry,
  optimizers: readonly Optimizer[],
  isAutomatic: boolean,
  warnings: string[],
): ResolvedScheduler {
  const config = readSchedulerConfig(entry, warnings);
  const { scheduler, interval = "epoch", frequency = 1 } = config;
  if (!isInterval(interval)) {
    throw new MisconfigurationError({
      message: `The interval of ${classNameOf(scheduler)} is unknown.`,
      expected: '"epoch", "step" or "batch"',
      received: describeValue(interval),
    });
  }
  if (!Number.isInteger(frequency) || frequency < 1) {
    throw new MisconfigurationError({
      message: `The frequency of ${classNameOf(scheduler)} is not one.`,
      expected: "a whole number of at least 1",
      received: describeValue(frequency),
    });
  }
  const reduceOnPlateau = scheduler instanceof ReduceLROnPlateau;
  if (reduceOnPlateau && isAutomatic && config.monitor === undefined) {
    throw new MisconfigurationError({
      message: "ReduceLROnPlateau needs to know which metric to watch.",
      tryThis: 'return { optimizer, lrScheduler: { scheduler, monitor: "val_loss" } } from configureOptimizers.',
    });
  }
  if (!optimizers.includes(scheduler.optimizer)) {
    throw new MisconfigurationError({
      message: `${classNameOf(scheduler)} belongs to an optimizer that configureOptimizers did not return.`,
      tryThis: "return that optimizer too.",
    });
  }
  if (scheduler instanceof OneCycleLR && interval === "epoch")
    warnings.push('OneCycleLR steps once per epoch; did you mean interval: "step"?');
  return {
    scheduler,
    interval,
    frequency,
    monitor: config.monitor,
    strict: config.strict ?? true,
    name: config.name,
    reduceOnPlateau,
  };
}

function isInterval(interval: unknown): interval is ResolvedScheduler["interval"] {
  return interval === "epoch" || interval === "step" || interval === "batch";
}

function readSchedulerConfig(entry: SchedulerEntry, warnings: string[]): LRSchedulerConfig {
  const { value } = entry;
  if (isScheduler(value)) return { scheduler: value, monitor: entry.monitor };
  if (isSchedulerConfig(value)) {
    warnUnknown(value, SCHEDULER_KEYS, "the scheduler's configuration", warnings);
    return value;
  }
  throw new MisconfigurationError({
    message: "configureOptimizers returned a learning-rate scheduler that is none.",
    expected:
      'a scheduler with step(), getLastLr(), stateDict(), loadStateDict() and optimizer, or { scheduler, interval: "epoch", frequency: 1, monitor: "val_loss" }',
    received: describeValue(value),
  });
}

function isScheduler(value: unknown): value is LRSchedulerLike {
  return (
    typeof value === "object" &&
    value !== null &&
    "step" in value &&
    "stateDict" in value &&
    "loadStateDict" in value &&
    "optimizer" in value &&
    !(value instanceof Optimizer)
  );
}

function isSchedulerConfig(value: unknown): value is LRSchedulerConfig {
  return typeof value === "object" && value !== null && "scheduler" in value && isScheduler(value.scheduler);
}
