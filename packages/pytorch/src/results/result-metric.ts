import { rememberForRollback } from "@lightning-ts/core";
import { LazyScalar } from "@lightning-ts/fabric";
import type { ReduceFx } from "../words/log-options.js";

/** How one logged name behaves; must be the same each time a hook logs the name. */
export interface MetricSettings {
  readonly progBar: boolean;
  readonly logger: boolean;
  readonly onStep: boolean;
  readonly onEpoch: boolean;
  readonly reduceFx: ReduceFx;
  readonly addDataloaderIdx: boolean;
  /** Its values are reduced over the ranks. */
  readonly syncDist: boolean;
}

/** What an epoch has collected: a sum of weighted values and of weights for means, the value alone otherwise. */
export interface Collected {
  readonly value: number;
  readonly weight: number;
}

/** What a metric needs to go on after a resume. */
export interface ResultMetricState {
  readonly name: string;
  readonly dataloaderIdx: number | null;
  readonly settings: MetricSettings;
  readonly latest: number | null;
  readonly accumulated: number;
  readonly weight: number;
  readonly count: number;
}

/**
 * How many values may wait on the device before the older ones are read; the newest two belong to steps that may still
 * be running.
 */
const MAX_PENDING = 64;
const STILL_RUNNING = 2;

/** One logged name in one hook: its latest value, and what the epoch has collected. Sums are float64. */
export class ResultMetric {
  readonly name: string;
  /** Which loader's batches it is about, where a stage has several. */
  readonly dataloaderIdx: number | undefined;
  /** `/dataloader_idx_N` or nothing; stands behind `_step` and `_epoch`. */
  readonly suffix: string;
  readonly settings: MetricSettings;
  #latest: LazyScalar | undefined;
  #pending: { readonly scalar: LazyScalar; readonly weight: number }[] = [];
  #accumulated = 0;
  #weight = 0;
  #count = 0;
  /** The latest value is this rank's own: it has not been reduced over the ranks. */
  #isLatestOwn = false;
  /** What all ranks have collected together, and how many values of this rank it includes. */
  #ofAllRanks: (Collected & { readonly count: number }) | undefined;

  constructor(name: string, dataloaderIdx: number | undefined, settings: MetricSettings) {
    this.name = name;
    this.dataloaderIdx = dataloaderIdx;
    this.suffix = dataloaderIdx === undefined || !settings.addDataloaderIdx ? "" : `/dataloader_idx_${dataloaderIdx}`;
    this.settings = settings;
  }

  get isForked(): boolean {
    return this.settings.onStep && this.settings.onEpoch;
  }

  get stepName(): string {
    return (this.isForked ? `${this.name}_step` : this.name) + this.suffix;
  }

  get epochName(): string {
    return (this.isForked ? `${this.name}_epoch` : this.name) + this.suffix;
  }

  get latest(): LazyScalar | undefined {
    return this.#latest;
  }

  get hasEpochValue(): boolean {
    return this.#count > 0 || this.#pending.length > 0;
  }

  /** @param weight batch size, for means */
  update(scalar: LazyScalar, weight: number): void {
    rememberForRollback(this, () => this.#snapshot());
    this.#latest?.release();
    this.#latest = scalar;
    this.#isLatestOwn = true;
    if (!this.settings.onEpoch) return;
    this.#pending.push({ scalar: scalar.retain(), weight });
    if (this.#pending.length >= MAX_PENDING) this.#collect(this.#pending.length - STILL_RUNNING);
  }

  /** The value of the epoch so far; reads what is still on the device. */
  epochValue(): number {
    const { value, weight } = this.#ofAllRanks ?? this.#collected();
    return this.settings.reduceFx === "mean" ? value / weight : value;
  }

  /** The latest value, where it has to be reduced over the ranks and has not been. */
  get ownLatest(): LazyScalar | undefined {
    return this.settings.syncDist && this.settings.onStep && this.#isLatestOwn ? this.#latest : undefined;
  }

  /** Puts the ranks' value in the place of this rank's own. */
  takeLatestOfAllRanks(value: number): void {
    this.#latest?.release();
    this.#latest = new LazyScalar(value);
    this.#isLatestOwn = false;
  }

  /** What this rank has collected, where it has to be reduced over the ranks and has not been. Reads the device. */
  ownCollected(): Collected | undefined {
    const { onEpoch, syncDist } = this.settings;
    if (!syncDist || !onEpoch || !this.hasEpochValue) return undefined;
    const own = this.#collected();
    return this.#ofAllRanks?.count === this.#count ? undefined : own;
  }

  takeCollectedOfAllRanks(collected: Collected): void {
    this.#ofAllRanks = { ...collected, count: this.#count };
  }

  #collected(): Collected {
    this.#collect(this.#pending.length);
    return { value: this.#accumulated, weight: this.#weight };
  }

  reset(): void {
    this.#latest?.release();
    this.#latest = undefined;
    for (const { scalar } of this.#pending) scalar.release();
    this.#pending = [];
    this.#accumulated = 0;
    this.#weight = 0;
    this.#count = 0;
    this.#ofAllRanks = undefined;
  }

  state(): ResultMetricState {
    this.#collect(this.#pending.length);
    return {
      name: this.name,
      dataloaderIdx: this.dataloaderIdx ?? null,
      settings: this.settings,
      latest: this.#latest?.read() ?? null,
      accumulated: this.#accumulated,
      weight: this.#weight,
      count: this.#count,
    };
  }

  restore(state: ResultMetricState): void {
    this.reset();
    this.#latest = state.latest === null ? undefined : new LazyScalar(state.latest);
    this.#accumulated = state.accumulated;
    this.#weight = state.weight;
    this.#count = state.count;
  }

  /** What a step that fails has logged counts nowhere. */
  #snapshot(): () => void {
    const before = {
      pending: [...this.#pending],
      accumulated: this.#accumulated,
      weight: this.#weight,
      count: this.#count,
    };
    return () => {
      const known = new Set(before.pending);
      for (const entry of this.#pending) if (!known.has(entry)) entry.scalar.release();
      this.#pending = before.pending;
      this.#accumulated = before.accumulated;
      this.#weight = before.weight;
      this.#count = before.count;
      this.#latest?.release();
      this.#latest = undefined;
    };
  }

  #collect(howMany: number): void {
    for (const { scalar, weight } of this.#pending.splice(0, howMany)) {
      this.#add(scalar.read(), weight);
      scalar.release();
    }
  }

  #add(value: number, weight: number): void {
    this.#ofAllRanks = undefined;
    const isFirst = this.#count === 0;
    this.#count += 1;
    this.#weight += weight;
    switch (this.settings.reduceFx) {
      case "mean":
        this.#accumulated += value * weight;
        return;
      case "sum":
        this.#accumulated += value;
        return;
      case "min":
        this.#accumulated = isFirst ? value : Math.min(this.#accumulated, value);
        return;
      case "max":
        this.#accumulated = isFirst ? value : Math.max(this.#accumulated, value);
    }
  }
}
