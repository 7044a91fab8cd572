/** How values of one epoch become one: the mean is weighted by batch size. */
export type ReduceFx = "mean" | "sum" | "min" | "max";

/** Options of `log` and `logDict`. */
export interface LogOptions {
  /** Show it in the progress bar. @default false */
  readonly progBar?: boolean | undefined;
  /** Send it to the loggers. @default true */
  readonly logger?: boolean | undefined;
  /** Publish the value of each step. @default true in training steps, false elsewhere */
  readonly onStep?: boolean | undefined;
  /** Collect the values and publish one for the epoch. @default false in training steps, true elsewhere */
  readonly onEpoch?: boolean | undefined;
  /** Not for metric objects, which reduce by themselves. @default "mean" */
  readonly reduceFx?: ReduceFx | undefined;
  /**
   * Reduce over processes as well, like the values of an epoch: each step's value and the epoch's. Every rank must log
   * it. Has no effect on one device. Metric objects are reduced in any case. @default false
   */
  readonly syncDist?: boolean | undefined;
  /** With several dataloaders, append `/dataloader_idx_N` to the name. @default true */
  readonly addDataloaderIdx?: boolean | undefined;
  /** Weight of this value in the epoch's mean. @default the first dimension of the batch */
  readonly batchSize?: number | undefined;
  /**
   * Only rank 0 logs it, without reduction; calls on other ranks do nothing. Nothing may monitor such a metric.
   * @default false
   */
  readonly rankZeroOnly?: boolean | undefined;
  /** Where the module has the metric object that is logged, such as "metrics.accuracy". @default found by itself */
  readonly metricAttribute?: string | undefined;
}

export const LOG_OPTION_NAMES = [
  "progBar",
  "logger",
  "onStep",
  "onEpoch",
  "reduceFx",
  "syncDist",
  "addDataloaderIdx",
  "batchSize",
  "rankZeroOnly",
  "metricAttribute",
] as const;
