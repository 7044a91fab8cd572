import {
  classNameOf,
  describeValue,
  isMetric,
  MisconfigurationError,
  rejectUnknownOptions,
  type Metric,
} from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";
import { batchSizeOf } from "./batch-size.js";
import { LazyScalar } from "@lightning-ts/fabric";
import { LOG_OPTION_NAMES, type LogOptions, type ReduceFx } from "../words/log-options.js";
import { resolveWhen } from "./log-rules.js";
import type { MetricSettings } from "./logged-result.js";
import type { MetricAttributes } from "./metric-attributes.js";
import type { LogPlace, ResultCollection } from "./result-collection.js";
import { stepValueOf } from "./step-value.js";

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
  readonly #attributes: MetricAttributes;
  #batch: unknown;
  #batchSize: number | undefined;

  /**
   * @param attributes the metric objects of the module that logs
   * @param ranks which of how many processes this one is
   */
  constructor(warn: (topic: string, text: string) => void, attributes: MetricAttributes, ranks: Ranks = ALONE) {
    this.#warn = warn;
    this.#attributes = attributes;
    this.#ranks = ranks;
  }

  /** The batch whose size weights means. */
  set batch(batch: unknown) {
    this.#batch = batch;
    this.#batchSize = undefined;
  }

  /** @param hook the hook that is running @throws MisconfigurationError */
  log(hook: string | undefined, name: string, value: Tensor | number | Metric, options: LogOptions): void {
    const results = this.results;
    if (hook === undefined || results === undefined) throw outsideOfHooks(name, hook);
    rejectUnknownOptions("log()", options, LOG_OPTION_NAMES);
    checkName(name, options);
    const { onStep, onEpoch } = resolveWhen(hook, options);
    if (!isMetric(value) && options.metricAttribute !== undefined) throw noMetricObject(name, value);
    const settings: MetricSettings = {
      progBar: options.progBar ?? false,
      logger: options.logger ?? true,
      onStep,
      onEpoch,
      reduceFx: checkedReduction(name, options.reduceFx),
      addDataloaderIdx: options.addDataloaderIdx ?? true,
      syncDist: (options.syncDist ?? false) && options.rankZeroOnly !== true,
    };
    const place = { hook, name, dataloaderIdx: this.dataloaderIdx, settings };
    if (isMetric(value)) {
      this.#logObject(results, place, value, options);
      return;
    }
    const scalar = this.#scalar(name, value);
    if (options.rankZeroOnly === true && this.#ranks.globalRank !== 0) {
      scalar.release();
      return;
    }
    if (onEpoch && !settings.syncDist && options.rankZeroOnly !== true && this.#ranks.worldSize > 1)
      this.#recommendSync(name);
    const weight = onEpoch && settings.reduceFx === "mean" ? this.#weight(options) : 1;
    results.update(place, scalar, weight);
  }

  #logObject(results: ResultCollection, place: LogPlace, metric: Metric, options: LogOptions): void {
    const { name, settings } = place;
    if (options.reduceFx !== undefined || options.rankZeroOnly === true) throw notForObjects(name, metric, options);
    const metricAttribute = this.#attributes.nameOf(metric, name, options.metricAttribute);
    const value = settings.onStep ? stepValueOf(name, metric) : undefined;
    if (settings.onStep && value === undefined)
      this.#warn(
        `no call ${name}`,
        `log("${name}") has no value of this step: the metric ${metricAttribute} was not called before it. Call it with this.${metricAttribute}.forward(…) in the place of update(…), or log it with onStep: false, onEpoch: true.`,
      );
    const latest = value === undefined ? undefined : new LazyScalar(value);
    results.updateObject({ ...place, settings: { ...settings, metricAttribute } }, metric, latest);
  }

  #scalar(name: string, value: unknown): LazyScalar {
    if (typeof value === "number") return new LazyScalar(value);
    if (!(value instanceof Tensor)) {
      throw new MisconfigurationError({
        code: "LIT_LOG_VALUE",
        message: `log("${name}") cannot log this.`,
        expected: "a number, a tensor with one element or a metric object",
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
    tryThis: "a metric object (a subclass of Metric), which collects as it likes.",
  });
}

function noMetricObject(name: string, value: unknown): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_LOG_METRIC",
    message: `log("${name}"): metricAttribute names a metric object, and the value is none.`,
    received: describeValue(value),
    tryThis: "log the metric object itself, or leave metricAttribute out.",
  });
}

function notForObjects(name: string, metric: Metric, { reduceFx }: LogOptions): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_LOG_METRIC",
    message:
      reduceFx === undefined
        ? `log("${name}"): a metric object is reduced over all ranks, so rank 0 cannot log it alone.`
        : `log("${name}"): a metric object collects and reduces by itself, so reduceFx does not apply to it.`,
    received: classNameOf(metric),
    tryThis: reduceFx === undefined ? "leave rankZeroOnly out." : "leave reduceFx out.",
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
