import { classNameOf, MisconfigurationError } from "@lightning-ts/core";
import type { Messages, Strategy } from "@lightning-ts/fabric";
import { LightningDataModule } from "../../contract/lightning-data-module.js";
import type { Door } from "../../door/door.js";
import { wait, type Steps } from "../../door/steps.js";
import { LightningModule } from "../../contract/lightning-module.js";
import { isZeroLimit } from "../../words/batch-limit.js";
import type { TrainerPlan } from "../../options/plan.js";
import { featuresOf } from "../../data/loader-tree.js";
import { StageData } from "../../data/stage-data.js";

/** Which data: of training, or of one of the evaluations. */
export type DataRole = "train" | "validate" | "test" | "predict";

type LoaderHook = "trainDataloader" | "valDataloader" | "testDataloader" | "predictDataloader";

const HOOKS = {
  train: "trainDataloader",
  validate: "valDataloader",
  test: "testDataloader",
  predict: "predictDataloader",
} as const satisfies Record<DataRole, LoaderHook>;
const LIMITS = {
  train: "limitTrainBatches",
  validate: "limitValBatches",
  test: "limitTestBatches",
  predict: "limitPredictBatches",
} as const;

/** Loaders given to the call itself. */
export type GivenLoaders = Partial<Record<DataRole, unknown>>;

/** Finds the loaders of a run: those passed to the call, else the data module's, else the module's. */
export class DataSources {
  readonly #parts: DataSourceParts;
  readonly #ahead = new Map<DataRole, StageData>();
  readonly #loaded = new Set<StageData>();

  constructor(parts: DataSourceParts) {
    this.#parts = parts;
  }

  /** True when somebody provides loaders for this role. */
  has(role: DataRole): boolean {
    const { given, datamodule, module } = this.#parts;
    if (given[role] !== undefined) return true;
    const hook = HOOKS[role];
    if (datamodule !== undefined) return datamodule[hook] !== LightningDataModule.prototype[hook];
    return module[hook] !== LightningModule.prototype[hook];
  }

  /** Asks for the loaders early; the next `load` gives these. */
  *loadAhead(role: DataRole): Steps<StageData> {
    const data = this.#ahead.get(role) ?? (yield* this.load(role));
    this.#ahead.set(role, data);
    return data;
  }

  /** Asks for the loaders. Not even asked when the limit is 0: then there is no data. */
  *load(role: DataRole): Steps<StageData> {
    const ahead = this.#ahead.get(role);
    if (ahead !== undefined) {
      this.#ahead.delete(role);
      return ahead;
    }
    const { plan, strategy, messages } = this.#parts;
    const { loaders, origin } = isZeroLimit(plan.limits[role])
      ? { loaders: [], origin: HOOKS[role] }
      : yield* this.#request(role);
    const isOverfit = plan.isOverfitting && (role === "train" || role === "validate");
    const data = new StageData(loaders, {
      limit: plan.limits[role],
      limitOption: isOverfit ? "overfitBatches" : LIMITS[role],
      origin,
      isTraining: role === "train",
      keepsLastBatch: role === "predict",
      keepsOrder: isOverfit,
      ranks: plan.useDistributedSampler ? strategy.samplerRanks : undefined,
      warn: (topic, text) => messages.warn(topic, text),
    });
    this.#loaded.add(data);
    if (strategy.worldSize > 1) yield* this.#agree(data, origin);
    return data;
  }

  /** Ends the worker threads that loaders keep from epoch to epoch. */
  async shutdownWorkers(): Promise<void> {
    const loaders = new Set([...this.#loaded].flatMap((data) => data.loaders));
    this.#loaded.clear();
    for (const loader of loaders) await featuresOf(loader).shutdownWorkers?.();
  }

  /** As many batches on all ranks. @throws MisconfigurationError where that is none because one rank has none */
  *#agree(data: StageData, origin: string): Steps<void> {
    const { datamodule, module, strategy } = this.#parts;
    const negated = data.counts.map((count) => -count);
    const least = yield* wait(strategy.reduce([...data.counts, ...negated], "min", `batches of ${origin}`));
    const counts = least.slice(0, data.counts.length);
    const isEmptySomewhere = counts.some((count, index) => count === 0 && (least[counts.length + index] ?? 0) < 0);
    const name = "allowZeroLengthDataloaderWithMultipleDevices";
    if (isEmptySomewhere && !module[name] && datamodule?.[name] !== true)
      throw new MisconfigurationError({
        code: "LIT_DATALOADER",
        message: `${origin} has no batches on one rank and has some on others, so that no rank would take any.`,
        received: `${data.counts.join(", ")} on rank ${strategy.globalRank}`,
        tryThis: `data for every rank. Where that is meant, this.${name} = true in the module or data module.`,
      });
    data.limitTo(counts);
  }

  *#request(role: DataRole): Steps<{ readonly loaders: unknown; readonly origin: string }> {
    const { given, datamodule, module, door } = this.#parts;
    const hook = HOOKS[role];
    if (given[role] !== undefined) return { loaders: given[role], origin: `the ${role} loader passed to the Trainer` };
    const owner = datamodule ?? module;
    const loaders = yield* door.call(owner, hook);
    return { loaders, origin: `${classNameOf(owner)}.${hook}` };
  }
}

interface DataSourceParts {
  readonly given: GivenLoaders;
  readonly datamodule: LightningDataModule | undefined;
  readonly module: LightningModule;
  readonly door: Door;
  readonly plan: TrainerPlan;
  readonly strategy: Strategy;
  readonly messages: Messages;
}
