import type { Metric } from "@lightning-ts/core";
import { LazyScalar } from "@lightning-ts/fabric";
import { LoggedResult, type MetricSettings, type ResultMetricState } from "./logged-result.js";

/**
 * A metric object under one logged name in one hook. It collects by itself; the loop computes it when an epoch ends,
 * and resets it.
 */
export class ResultObject extends LoggedResult {
  readonly metric: Metric;
  #latest: LazyScalar | undefined;
  #epoch: LazyScalar | undefined;
  #isToCompute = false;
  /** What the metric's resets had forgotten before the epoch first logged it. */
  #forgottenBefore: number | undefined;

  constructor(name: string, dataloaderIdx: number | undefined, settings: MetricSettings, metric: Metric) {
    super(name, dataloaderIdx, settings);
    this.metric = metric;
  }

  override get latest(): LazyScalar | undefined {
    return this.#latest;
  }

  /** It was logged. @param latest the value of the metric's last call, where there is one */
  update(latest: LazyScalar | undefined): void {
    this.#latest?.release();
    this.#latest = latest;
    this.#isToCompute = this.settings.onEpoch;
    this.#forgottenBefore ??= this.metric.forgottenUpdates;
  }

  /** How many updates of this epoch somebody's reset has forgotten, so that no value of it has them. */
  get forgottenUpdates(): number {
    return this.#forgottenBefore === undefined ? 0 : this.metric.forgottenUpdates - this.#forgottenBefore;
  }

  /** Whether it was logged since its value for the epoch was computed. */
  get isToCompute(): boolean {
    return this.#isToCompute;
  }

  takeEpochValue(value: LazyScalar): void {
    this.#epoch?.release();
    this.#epoch = value;
    this.#isToCompute = false;
  }

  override get hasEpochValue(): boolean {
    return this.#epoch !== undefined;
  }

  override epochValue(): number {
    return this.#epoch?.read() ?? Number.NaN;
  }

  /** Forgets its values. The metric itself is the loop's to reset. */
  override reset(): void {
    this.#latest?.release();
    this.#latest = undefined;
    this.#epoch?.release();
    this.#epoch = undefined;
    this.#isToCompute = false;
    this.#forgottenBefore = undefined;
  }

  override state(): ResultMetricState {
    const latest = this.#latest?.read() ?? null;
    const dataloaderIdx = this.dataloaderIdx ?? null;
    const { name, settings, forgottenUpdates: count } = this;
    return { name, dataloaderIdx, settings, latest, accumulated: 0, weight: 0, count };
  }

  override restore({ latest, count }: ResultMetricState): void {
    this.reset();
    this.#latest = latest === null ? undefined : new LazyScalar(latest);
    this.#isToCompute = this.settings.onEpoch;
    this.#forgottenBefore = this.metric.forgottenUpdates - count;
  }
}
