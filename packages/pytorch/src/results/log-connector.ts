import { describeValue, MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";
import { batchSizeOf } from "./batch-size.js";
import { LazyScalar } from "@lightning-ts/fabric";
import { LOG_OPTION_NAMES, type LogOptions, type ReduceFx } from "../words/log-options.js";
import { resolveWhen } from "./log-rules.js";
import type { MetricSettings } from "./result-metric.js";
import type { ResultCollection } from "./result-collection.js";

const REDUCTIONS: readonly ReduceFx[] = ["mean", "sum", "min", "max"];

interface Ranks {
  readonly globalRank: number;
  readonly worldSize: number;
}

const ALONE: Ranks = { globalRank: 0, worldSize: 1 };

/** Takes what `log` is called with, checks it, and puts it into the collection of the stage that runs. */
export class LogConnector {
  /** Where values go; undefined where nothing is collected. */
  results: ResultCollection | undefined;
  /** The loader whose batch is running, where a stage has several. */
  dataloaderIdx: number | undefined;
  readonly #warn: (topic: string, text: string) => void;
  readonly #ranks: Ranks;
  #batch: unknown;
  #batchSize: number | undefined;

  /** @param ranks which of how many processes this one is */
  constructor(warn: (topic: string, text: string) => void, ranks: Ranks = ALONE) {
    this.#warn = warn;
    this.#ranks = ranks;
  }

  /** The batch whose size weights means. */
  set batch(batch: unknown) {
    this.#batch = batch;
    this.#batchSize = undefined;
  }

  /** @param hook the hook that is running @throws MisconfigurationError */
  log(hook: string | undefined, name: string, value: Tensor | number, options: LogOptions): void {
    const results = this.results;
    if (hook === undefined || results === undefined) throw outsideOfHooks(name, hook);
    rejectUnknownOptions("log()", options, LOG_OPTION_NAMES);
    checkName(name, options);
    const { onStep, onEpoch } = resolveWhen(hook, options);
    const settings: MetricSettings = {
      progBar: options.progBar ?? false,
      logger: options.logger ?? true,
      onStep,
      onEpoch,
      reduceFx: checkedReduction(name, options.reduceFx),
      addDataloaderIdx: options.addDataloaderIdx ?? true,
      syncDist: (options.syncDist ?? false) && options.rankZeroOnly !== true,
    };
    const scalar = this.#scalar(name, value);
    if (options.rankZeroOnly === true && this.#ranks.globalRank !== 0) {
      scalar.release();
      return;
    }
    if (onEpoch && !settings.syncDist && options.rankZeroOnly !== true && this.#ranks.worldSize > 1)
      this.#recommendSync(name);
    const weight = onEpoch && settings.reduceFx === "mean" ? this.#weight(options) : 1;
    results.update(hook, name, this.dataloaderIdx, settings, scalar, weight);
  }

  #scalar(name: string, value: unknown): LazyScalar {
    if (typeof value === "number") return new LazyScalar(value);
    if (!(value instanceof Tensor)) {
      throw new MisconfigurationError({
        code: "LIT_LOG_VALUE",
        message: `log("${name}") cannot log this.`,
        expected: "a number or a tensor with one element",
        received: describeValue(value),
        tryThis: "logDict({ … }) for several values.",
      });
    }
    if (value.size !== 1) {
      throw new MisconfigurationError({
        code: "LIT_LOG_VALUE",
        message: `log("${name}") logs single values.`,
        received: `a tensor of shape [${value.shape.join(", ")}]`,
        tryThis: `log("${name}", value.mean()).`,
      });
    }
    if (value.dtype === "int32") this.#warn("int32", `log("${name}"): the integer value is logged as a float.`);
    return new LazyScalar(value);
  }

  #recommendSync(name: string): void {
    this.#warn(
      `sync ${name}`,
      `log("${name}") collects a value for the epoch on each of ${this.#ranks.worldSize} ranks alone. Use syncDist: true for one value over all of them.`,
    );
  }

  #weight(options: LogOptions): number {
    if (options.batchSize !== undefined) return options.batchSize;
    return this.#knownBatchSize() ?? 1;
  }

  #knownBatchSize(): number | undefined {
    if (this.#batch === undefined) return undefined;
    if (this.#batchSize === undefined) {
      const { size, isAmbiguous } = batchSizeOf(this.#batch);
      if (isAmbiguous)
        this.#warn(
          "batchSize",
          `The parts of this batch have different first dimensions; log() weights means with the first, ${size}. Pass batchSize to say which.`,
        );
      this.#batchSize = size;
    }
    return this.#batchSize;
  }
}

function checkName(name: string, options: LogOptions): void {
  if (!name.includes("/dataloader_idx_") || options.addDataloaderIdx === false) return;
  throw new MisconfigurationError({
    code: "LIT_LOG_NAME",
    message: `log("${name}"): the part "/dataloader_idx_" is added by the Trainer.`,
    tryThis: "another name, or addDataloaderIdx: false.",
  });
}

function checkedReduction(name: string, reduceFx: ReduceFx = "mean"): ReduceFx {
  if (REDUCTIONS.includes(reduceFx)) return reduceFx;
  throw new MisconfigurationError({
    code: "LIT_LOG_REDUCE",
    message: `log("${name}") does not know this reduceFx.`,
    expected: REDUCTIONS.map((known) => `"${known}"`).join(", "),
    received: describeValue(reduceFx),
    tryThis: "log the value of a metric object that you compute yourself.",
  });
}

/** Says that nothing is collected where `log` was called. */
export function outsideOfHooks(name: string, hook: string | undefined): MisconfigurationError {
  const where = hook === undefined ? "outside of every hook" : `in ${hook}`;
  return new MisconfigurationError({
    code: "LIT_LOG_HOOK",
    message: `log("${name}") was called ${where}, where nothing is collected.`,
    tryThis:
      "log in a step or in a hook that runs while training or evaluating; elsewhere use this.logger.logMetrics({ … }).",
  });
}
