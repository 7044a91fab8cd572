import { LazyScalar } from "@lightning-ts/fabric";
import type { ResultCollection } from "./result-collection.js";

/** One of the three dictionaries: names with values that are read when somebody looks. */
export class MetricTable {
  readonly #values = new Map<string, LazyScalar>();

  /** Takes its own hold of `value`. */
  set(name: string, value: LazyScalar): void {
    value.retain();
    this.#values.get(name)?.release();
    this.#values.set(name, value);
  }

  setNumber(name: string, value: number): void {
    this.#values.get(name)?.release();
    this.#values.set(name, new LazyScalar(value));
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  read(name: string): number | undefined {
    return this.#values.get(name)?.read();
  }

  names(): string[] {
    return [...this.#values.keys()];
  }

  /** All values as numbers; waits for the device if it must. */
  toRecord(): Record<string, number> {
    return Object.fromEntries([...this.#values].map(([name, value]) => [name, value.read()]));
  }

  clear(): void {
    for (const value of this.#values.values()) value.release();
    this.#values.clear();
  }

  /** Forgets what a failed step would have given. */
  dropFailed(): void {
    for (const [name, value] of this.#values) {
      if (!value.hasFailed) continue;
      value.release();
      this.#values.delete(name);
    }
  }
}

/**
 * The metrics that a Trainer shows: for callbacks, for loggers, for the progress bar. They outlive the stages that
 * logged them.
 */
export class PublishedMetrics {
  readonly callback = new MetricTable();
  readonly logged = new MetricTable();
  readonly progressBar = new MetricTable();

  clear(): void {
    this.callback.clear();
    this.logged.clear();
    this.progressBar.clear();
  }

  /** After a failed run: what can be read stays. */
  dropFailed(): void {
    for (const table of [this.callback, this.logged, this.progressBar]) table.dropFailed();
  }

  /** Takes over the latest step values. Nothing is read. */
  publishStep(results: ResultCollection): void {
    for (const metric of results.metrics()) {
      const { latest, settings } = metric;
      if (latest === undefined || !settings.onStep) continue;
      if (results.isTraining) {
        this.callback.set(metric.name + metric.suffix, latest);
        this.callback.set(metric.stepName, latest);
      }
      if (settings.logger) this.logged.set(metric.stepName, latest);
      if (settings.progBar) this.progressBar.set(metric.stepName, latest);
    }
  }

  /**
   * Takes over the epoch's values and returns those meant for the loggers.
   * @param dataloaderIdx only those of this loader's batches
   */
  publishEpoch(results: ResultCollection, dataloaderIdx?: number): Record<string, number> {
    const forLoggers: Record<string, number> = {};
    for (const metric of results.metrics()) {
      const { settings } = metric;
      if (dataloaderIdx !== undefined && metric.dataloaderIdx !== dataloaderIdx) continue;
      if (!settings.onEpoch || !metric.hasEpochValue) continue;
      const value = metric.epochValue();
      this.callback.setNumber(metric.name + metric.suffix, value);
      this.callback.setNumber(metric.epochName, value);
      if (settings.logger) {
        this.logged.setNumber(metric.epochName, value);
        forLoggers[metric.epochName] = value;
      }
      if (settings.progBar) this.progressBar.setNumber(metric.epochName, value);
    }
    return forLoggers;
  }
}

/**
 * The step values that go to the loggers now: in an evaluation with several loaders those of the one that is running.
 */
export function stepRow(results: ResultCollection, dataloaderIdx: number | undefined): Record<string, number> {
  const row: Record<string, number> = {};
  for (const metric of results.metrics()) {
    if (
      metric.dataloaderIdx === dataloaderIdx &&
      metric.settings.onStep &&
      metric.settings.logger &&
      metric.latest !== undefined
    )
      row[metric.stepName] = metric.latest.read();
  }
  return row;
}
