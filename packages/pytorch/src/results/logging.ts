import type { Position } from "../words/cursor.js";
import type { LogConnector } from "./log-connector.js";
import type { LoggerGroup } from "@lightning-ts/fabric";
import type { MetricAttributes } from "./metric-attributes.js";
import { type PublishedMetrics, stepRow } from "./published-metrics.js";
import { ResultCollection } from "./result-collection.js";

/** What was logged in a run, from `log` to loggers, callbacks and progress bar. */
export class Logging {
  readonly connector: LogConnector;
  /** The metric objects of the module that logs. */
  readonly metrics: MetricAttributes;
  readonly published: PublishedMetrics;
  readonly loggers: LoggerGroup;
  readonly training = new ResultCollection({ isTraining: true });
  readonly #position: Position;
  /** From the first batch of an epoch to its last, values of steps count; before and after it, collected values. */
  #isInBatches = false;

  constructor(parts: {
    readonly connector: LogConnector;
    readonly metrics: MetricAttributes;
    readonly published: PublishedMetrics;
    readonly loggers: LoggerGroup;
    readonly position: Position;
  }) {
    this.connector = parts.connector;
    this.metrics = parts.metrics;
    this.published = parts.published;
    this.loggers = parts.loggers;
    this.#position = parts.position;
  }

  /** Brings the published metrics up to date. Nothing on the device is read, except around the batches of an epoch. */
  refresh(): void {
    const { results } = this.connector;
    if (results === undefined) return;
    if (this.#isInBatches) this.published.publishStep(results);
    else this.published.publishEpoch(results);
  }

  /** Training logs again: its epoch begins. */
  beginTraining(): void {
    this.#collectTraining();
    this.#isInBatches = false;
  }

  /** Training logs again in the middle of an epoch: after a validation, or in a resumed run. */
  goOnTraining(): void {
    this.#collectTraining();
    this.#isInBatches = true;
  }

  #collectTraining(): void {
    this.connector.results = this.training;
    this.connector.dataloaderIdx = undefined;
  }

  /** @param dataloaderIdx the batch's loader, where a stage has several; all of the one before it is then collected */
  beginBatch(batch: unknown, dataloaderIdx?: number): void {
    const { dataloaderIdx: before, results } = this.connector;
    if (results !== undefined && before !== undefined && before !== dataloaderIdx)
      this.published.publishEpoch(results, before);
    this.connector.batch = batch;
    this.connector.dataloaderIdx = dataloaderIdx;
    this.#isInBatches = true;
  }

  /** All batches of the epoch are trained. */
  reachTrainingEnd(): void {
    this.published.publishStep(this.training);
    this.connector.batch = undefined;
    this.#isInBatches = false;
  }

  /** Sends the step's metrics to the loggers. */
  logTrainStep(): void {
    if (this.loggers.isEmpty || this.training.isEmpty) return;
    this.#send(stepRow(this.training, undefined), this.#position.cursor.batchesThatStepped);
  }

  /** Publishes the epoch's metrics and sends them to the loggers; then everything starts again. */
  endTrainingEpoch(options: { readonly sends: boolean }): void {
    const row = this.published.publishEpoch(this.training);
    if (options.sends) this.#send(row, Math.max(0, this.#position.cursor.batchesThatStepped - 1));
    this.training.reset();
    this.#isInBatches = false;
  }

  /** An evaluation collects from now on; training's latest values stay visible. */
  beginEvaluation(): ResultCollection {
    this.refresh();
    const results = new ResultCollection({ isTraining: false });
    this.connector.results = results;
    return results;
  }

  logEvaluationStep(results: ResultCollection, step: number): void {
    if (this.loggers.isEmpty || results.isEmpty) return;
    const row = stepRow(results, this.connector.dataloaderIdx);
    if (Object.keys(row).length > 0) this.loggers.logMetrics(row, step);
  }

  reachEvaluationEnd(): void {
    this.refresh();
    this.connector.batch = undefined;
    this.connector.dataloaderIdx = undefined;
    this.#isInBatches = false;
  }

  endEvaluationEpoch(results: ResultCollection, options: { readonly sends: boolean }): Record<string, number> {
    const row = this.published.publishEpoch(results);
    if (options.sends) this.#send(row, this.#position.cursor.batchesThatStepped);
    return row;
  }

  /** A logged `step` is the row's x, and such a row has no epoch; a logged `epoch` stands in the row as it is. */
  #send(metrics: Record<string, number>, x: number): void {
    const { step, ...row } = metrics;
    if (Object.keys(row).length === 0) return;
    if (step !== undefined) this.loggers.logMetrics(row, step);
    else this.loggers.logMetrics({ ...row, epoch: row["epoch"] ?? this.#position.cursor.epoch }, x);
  }
}
