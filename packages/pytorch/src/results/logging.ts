import type { Position } from "../words/cursor.js";
import type { LogConnector } from "./log-connector.js";
import type { LoggerGroup } from "@lightning-ts/fabric";
import { type PublishedMetrics, stepRow } from "./published-metrics.js";
import { ResultCollection } from "./result-collection.js";

/** What was logged in a run, from `log` to loggers, callbacks and progress bar. */
export class Logging {
  readonly connector: LogConnector;
  readonly published: PublishedMetrics;
  readonly loggers: LoggerGroup;
  readonly training = new ResultCollection({ isTraining: true });
  readonly #position: Position;
  /** Between the last batch of a stage and its end: collected values count, not those of the last step. */
  #isEpochEnd = false;

  constructor(parts: {
    readonly connector: LogConnector;
    readonly published: PublishedMetrics;
    readonly loggers: LoggerGroup;
    readonly position: Position;
  }) {
    this.connector = parts.connector;
    this.published = parts.published;
    this.loggers = parts.loggers;
    this.#position = parts.position;
  }

  /** Brings the published metrics up to date. Nothing on the device is read, except at the end of an epoch. */
  refresh(): void {
    const { results } = this.connector;
    if (results === undefined) return;
    if (this.#isEpochEnd) this.published.publishEpoch(results);
    else this.published.publishStep(results);
  }

  /** Training logs again: its epoch begins or goes on. */
  beginTraining(): void {
    this.#isEpochEnd = false;
    this.connector.results = this.training;
    this.connector.dataloaderIdx = undefined;
  }

  /** All batches of the epoch are trained. */
  reachTrainingEnd(): void {
    this.published.publishStep(this.training);
    this.connector.batch = undefined;
    this.#isEpochEnd = true;
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
    this.#isEpochEnd = false;
  }

  /** An evaluation collects from now on; training's latest values stay visible. */
  beginEvaluation(): ResultCollection {
    this.refresh();
    const results = new ResultCollection({ isTraining: false });
    this.#isEpochEnd = false;
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
    this.#isEpochEnd = true;
  }

  endEvaluationEpoch(results: ResultCollection, options: { readonly sends: boolean }): Record<string, number> {
    const row = this.published.publishEpoch(results);
    if (options.sends) this.#send(row, this.#position.cursor.batchesThatStepped);
    return row;
  }

  #send(metrics: Record<string, number>, x: number): void {
    const { step = x, ...row } = metrics;
    if (Object.keys(row).length === 0) return;
    this.loggers.logMetrics({ ...row, epoch: this.#position.cursor.epoch }, step);
  }
}
