import { MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import { badOption } from "../../errors/bad-option.js";

export interface ThroughputOptions {
  /** Operations of one device in a second, at best; `mfu` is the part of them that is used. */
  readonly availableFlops?: number | undefined;
  /** Devices that work together; rates of all are added for more than one. @default 1 */
  readonly worldSize?: number | undefined;
  /** Updates that rates are the mean of. @default 100 */
  readonly windowSize?: number | undefined;
  /** Between `device` and a rate's name. @default "/" */
  readonly separator?: string | undefined;
}

/** What was done since the beginning, on this device. */
export interface WorkDone {
  readonly timeSeconds: number;
  readonly batches: number;
  readonly samples: number;
  /** Parts of samples, such as tokens. */
  readonly lengths?: number | undefined;
  /** Operations since the update before, and not since the beginning. */
  readonly flops?: number | undefined;
}

/**
 * Rates over the last updates, under Lightning's names: `device/batches_per_sec`, `device/samples_per_sec`,
 * `device/items_per_sec`, `device/flops_per_sec`, `device/mfu`; for several devices the sums of all too.
 * @example
 * ```ts
 * import { Throughput } from "@lightning-ts/pytorch";
 *
 * const throughput = new Throughput({ windowSize: 2 });
 * throughput.update({ timeSeconds: 1, batches: 1, samples: 32 });
 * throughput.update({ timeSeconds: 1.5, batches: 2, samples: 64 });
 * console.log(throughput.compute()["device/samples_per_sec"]); // 64
 * ```
 */
export class Throughput {
  readonly separator: string;
  readonly #availableFlops: number | undefined;
  readonly #worldSize: number;
  readonly #windowSize: number;
  #updates: WorkDone[] = [];

  /** @throws MisconfigurationError for options that do not exist or have no meaning */
  constructor(options: ThroughputOptions = {}) {
    rejectUnknownOptions("Throughput", options, ["availableFlops", "worldSize", "windowSize", "separator"]);
    const { windowSize = 100, worldSize = 1, separator = "/", availableFlops } = options;
    if (!Number.isSafeInteger(windowSize) || windowSize < 2)
      throw badOption("Throughput", "windowSize", "a whole number of at least 2", windowSize);
    if (!Number.isSafeInteger(worldSize) || worldSize < 1)
      throw badOption("Throughput", "worldSize", "a whole number of at least 1", worldSize);
    if (availableFlops !== undefined && !(availableFlops > 0))
      throw badOption("Throughput", "availableFlops", "a number above 0", availableFlops);
    this.separator = separator;
    this.#availableFlops = availableFlops;
    this.#worldSize = worldSize;
    this.#windowSize = windowSize;
  }

  /** The time of the newest update; 0 before the first. */
  get timeSeconds(): number {
    return this.#updates.at(-1)?.timeSeconds ?? 0;
  }

  /** @throws MisconfigurationError for fewer samples than batches, fewer parts than samples, and what goes back */
  update(done: WorkDone): void {
    const before = this.#updates.at(-1);
    requireAtLeast("samples", done.samples, "batches", done.batches);
    if (done.lengths !== undefined) requireAtLeast("lengths", done.lengths, "samples", done.samples);
    if (before !== undefined)
      for (const name of ["timeSeconds", "batches", "samples"] as const)
        requireAtLeast(name, done[name], `${name} before`, before[name]);
    this.#updates.push(done);
    if (this.#updates.length > this.#windowSize) this.#updates.shift();
  }

  /** Totals, and rates once the window is full. Empty before the first update. */
  compute(): Record<string, number> {
    const [first, last] = [this.#updates[0], this.#updates.at(-1)];
    if (first === undefined || last === undefined) return {};
    const totals = { time: last.timeSeconds, batches: last.batches, samples: last.samples };
    const lengths = last.lengths === undefined ? {} : { lengths: last.lengths };
    if (this.#updates.length < this.#windowSize) return { ...totals, ...lengths };
    const seconds = last.timeSeconds - first.timeSeconds;
    const flops = this.#updates.flatMap((update) => update.flops ?? []);
    const rates: Readonly<Record<string, number | undefined>> = {
      batches_per_sec: (last.batches - first.batches) / seconds,
      samples_per_sec: (last.samples - first.samples) / seconds,
      items_per_sec: difference(first.lengths, last.lengths, seconds),
      flops_per_sec:
        flops.length < this.#windowSize ? undefined : flops.slice(1).reduce((sum, one) => sum + one, 0) / seconds,
    };
    return { ...totals, ...lengths, ...this.#named(rates) };
  }

  reset(): void {
    this.#updates = [];
  }

  #named(rates: Readonly<Record<string, number | undefined>>): Record<string, number> {
    const named: Record<string, number> = {};
    for (const [name, rate] of Object.entries(rates)) {
      if (rate === undefined) continue;
      named[`device${this.separator}${name}`] = rate;
      if (this.#worldSize > 1) named[name] = rate * this.#worldSize;
    }
    const { flops_per_sec: flops } = rates;
    if (flops !== undefined && this.#availableFlops !== undefined)
      named[`device${this.separator}mfu`] = flops / this.#availableFlops;
    return named;
  }
}

function difference(first: number | undefined, last: number | undefined, seconds: number): number | undefined {
  return first === undefined || last === undefined ? undefined : (last - first) / seconds;
}

function requireAtLeast(name: string, value: number, other: string, least: number): void {
  if (value >= least) return;
  throw new MisconfigurationError({
    message: `Throughput counts what was done since the beginning, and these ${name} are too few.`,
    expected: `at least as many as ${other}: ${least}`,
    received: String(value),
  });
}
