import { rememberForRollback } from "@lightning-ts/core";
import { LazyScalar } from "@lightning-ts/fabric";
import { LoggedResult, type ResultMetricState } from "./logged-result.js";

/** What an epoch has collected: a sum of weighted values and of weights for means, the value alone otherwise. */
export interface Collected {
  readonly value: number;
  readonly weight: number;
}

/**
 * How many values may wait on the device before the older ones are read; the newest two belong to steps that may still
 * be running.
 */
const MAX_PENDING = 64;
const STILL_RUNNING = 2;

/** One logged name in one hook: its latest value, and what the epoch has collected. Sums are float64. */
export class ResultMetric extends LoggedResult {
  #latest: LazyScalar | undefined;
  #pending: { readonly scalar: LazyScalar; readonly weight: number }[] = [];
  #accumulated = 0;
  #weight = 0;
  #count = 0;
  /** The latest value is this rank's own: it has not been reduced over the ranks. */
  #isLatestOwn = false;
  /** What all ranks have collected together, and how many values of this rank it includes. */
  #ofAllRanks: (Collected & { readonly count: number }) | undefined;

  override get latest(): LazyScalar | undefined {
    return this.#latest;
  }

  override get hasEpochValue(): boolean {
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

  override epochValue(): number {
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

  override reset(): void {
    this.#latest?.release();
    this.#latest = undefined;
    for (const { scalar } of this.#pending) scalar.release();
    this.#pending = [];
    this.#accumulated = 0;
    this.#weight = 0;
    this.#count = 0;
    this.#ofAllRanks = undefined;
  }

  override state(): ResultMetricState {
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

  override restore(state: ResultMetricState): void {
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
