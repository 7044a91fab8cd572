import { MisconfigurationError, type Machine } from "@lightning-ts/core";
import type { LightningModule } from "../contract/lightning-module.js";
import type { LightningDataModule } from "../contract/lightning-data-module.js";
import type { Trainer } from "../contract/trainer.js";
import type { Stage } from "../words/stages.js";
import { isOutOfMemory } from "./is-out-of-memory.js";
import { MemoryForecast } from "./memory-forecast.js";
import { searchBatchSize, type TrialOutcome } from "./search-batch-size.js";
import { runTrial } from "./trial.js";
import { findAttribute, readAttribute, setAttribute, type TunedAttribute } from "./tuned-attribute.js";
import { WatchMemory } from "./watch-memory.js";

/** How a batch size is searched for. */
export interface BatchSizeOptions {
  /** `"power"` doubles until memory ends, `"binsearch"` then looks between the last two sizes. @default "power" */
  readonly mode?: "power" | "binsearch" | undefined;
  /** Steps of each trial. @default 3 */
  readonly stepsPerTrial?: number | undefined;
  /** The first size. @default 2 */
  readonly initVal?: number | undefined;
  /** @default 25 */
  readonly maxTrials?: number | undefined;
  /** No size is larger. @default 8192 */
  readonly maxVal?: number | undefined;
  /** `"binsearch"` takes so much off what it found, as a share. @default 0.05 */
  readonly margin?: number | undefined;
  /** Name of the field. @default "batchSize" */
  readonly batchArgName?: string | undefined;
  /**
   * Bytes that the process may have in memory. A size that would need more is not tried: running out ends a process.
   * @default four fifths of what the machine has left at the start, and what the process has already
   */
  readonly memoryLimit?: number | undefined;
}

/** Names of the options above. */
export const BATCH_SIZE_OPTIONS = [
  ...["mode", "stepsPerTrial", "initVal", "maxTrials", "maxVal"],
  ...["margin", "batchArgName", "memoryLimit"],
];

interface Search extends BatchSizeOptions {
  readonly trainer: Trainer;
  readonly module: LightningModule;
  readonly datamodule: LightningDataModule | undefined;
  readonly stage: Stage;
}

/** Runs the module for a few steps with larger and larger batches, and sets the field to the largest size that fits. */
export async function findBatchSize(search: Search): Promise<number> {
  const {
    trainer,
    module,
    datamodule,
    mode = "power",
    initVal = 2,
    maxVal = 8192,
    maxTrials = 25,
    margin = 0.05,
  } = search;
  checkOptions(search);
  const machine = requireMachine(trainer);
  const names = [search.batchArgName ?? "batchSize"];
  const field = findAttribute({ module, datamodule, names, option: "batchArgName" });
  const before = readAttribute(field);
  const forecast = new MemoryForecast(search.memoryLimit ?? defaultLimit(machine));
  // No batch is larger than the data set.
  let items = Number.POSITIVE_INFINITY;
  let isFound = false;
  try {
    const found = await searchBatchSize({
      mode,
      initVal,
      maxVal,
      maxTrials,
      onNext: (size, outcome, next) =>
        trainer.say(
          `Batch size ${size} ${outcome === "fits" ? "succeeded" : "is too large"}, trying batch size ${next}`,
        ),
      attempt: async (batchSize) => {
        const tried = await attempt(search, field, forecast, machine, batchSize);
        ({ items } = tried);
        return tried.outcome;
      },
    });
    if (found === undefined) throw noneFits(forecast.limitBytes);
    const most = Math.min(found, items);
    const size = mode === "binsearch" ? Math.max(1, Math.floor(most * (1 - margin))) : most;
    setAttribute(field, size);
    isFound = true;
    trainer.say(`Batch size set to ${size}`);
    return size;
  } finally {
    if (!isFound) setAttribute(field, before);
  }
}

async function attempt(
  { trainer, module, datamodule, stage, stepsPerTrial = 3 }: Search,
  field: TunedAttribute,
  forecast: MemoryForecast,
  machine: Machine,
  batchSize: number,
): Promise<{ readonly outcome: TrialOutcome; readonly items: number }> {
  let items = Number.POSITIVE_INFINITY;
  if (!forecast.allows(batchSize)) return { outcome: "too large", items };
  setAttribute(field, batchSize);
  const watch = new WatchMemory(machine);
  const limits = {
    limitValBatches: stepsPerTrial,
    limitTestBatches: stepsPerTrial,
    limitPredictBatches: stepsPerTrial,
  };
  try {
    await runTrial(trainer, {
      module,
      callbacks: [watch],
      options: { ...limits, maxSteps: stepsPerTrial, overfitBatches: undefined },
      run: async (trial) => {
        if (stage === "fit") await trial.fit<LightningModule>(module, { datamodule });
        else if (stage === "predict") await trial.predict(module, Object({ datamodule, returnPredictions: false }));
        else await trial[stage](module, Object({ datamodule, verbose: false }));
        items = itemsOf(trial, stage);
        watch.look();
      },
    });
  } catch (error) {
    if (isOutOfMemory(error)) return { outcome: "too large", items };
    throw error;
  }
  forecast.add(batchSize, watch.peakBytes);
  if (watch.peakBytes > forecast.limitBytes) return { outcome: "too large", items };
  return { outcome: batchSize >= items ? "whole dataset" : "fits", items };
}

/** How many items the loaders hold at most; infinite where they do not say. */
function itemsOf(trial: Trainer, stage: Stage): number {
  const loaders: unknown =
    stage === "fit"
      ? trial.trainDataloader
      : { validate: trial.valDataloaders, test: trial.testDataloaders, predict: trial.predictDataloaders }[stage];
  const lengths = (Array.isArray(loaders) ? loaders : [loaders]).map((loader: unknown) => {
    const dataset: unknown = Object(loader).dataset;
    const length: unknown = Object(dataset).length;
    return typeof length === "number" ? length : Number.POSITIVE_INFINITY;
  });
  return Math.max(...lengths);
}

function requireMachine(trainer: Trainer): Machine {
  const { machine } = trainer.ports;
  if (machine !== undefined) return machine;
  throw new MisconfigurationError({
    code: "LIT_TUNER",
    message: "The batch size cannot be searched for, because this platform does not say how much memory there is.",
    expected: "the port machine, as nodePorts() of @lightning-ts/fabric/node has it",
  });
}

function defaultLimit(machine: Machine): number {
  const { availableBytes, residentBytes } = machine.memory();
  return 0.8 * availableBytes + residentBytes;
}

function noneFits(limitBytes: number): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_TUNER",
    message: `Not even a batch of one item fits into ${Math.round(limitBytes / 2 ** 20)} MiB.`,
    tryThis: "a smaller model, or a higher memoryLimit.",
  });
}

function checkOptions({ mode = "power", margin = 0.05, memoryLimit, ...options }: Search): void {
  const problems: string[] = [];
  if (mode !== "power" && mode !== "binsearch")
    problems.push(`mode "power" or "binsearch", received ${JSON.stringify(mode)}`);
  for (const name of ["stepsPerTrial", "initVal", "maxTrials", "maxVal"] as const) {
    const value = options[name];
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 1))
      problems.push(`${name}, a whole number of at least 1, received ${String(value)}`);
  }
  if (!(margin >= 0 && margin < 1)) problems.push(`margin from 0 to below 1, received ${String(margin)}`);
  if (memoryLimit !== undefined && !(memoryLimit > 0))
    problems.push(`memoryLimit in bytes, received ${String(memoryLimit)}`);
  if (problems.length > 0)
    throw new MisconfigurationError({
      code: "LIT_TUNER",
      message: `The options of the batch size finder do not fit. Expected ${problems.join("; ")}.`,
    });
}
