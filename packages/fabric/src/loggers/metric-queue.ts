import { describeValue, MisconfigurationError, type Clock } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";
import { LazyScalar } from "./lazy-scalar.js";
import type { LoggerGroup } from "./logger-group.js";

/** Entries that wait for their values at most. */
const MAX_PENDING = 64;
/** Time that an entry waits for its values. */
const MAX_WAIT_MS = 1000;

interface PendingMetrics {
  readonly metrics: ReadonlyMap<string, LazyScalar>;
  readonly step: number | undefined;
}

/**
 * Metrics on their way to the loggers. Values that are tensors stay on the device until many can be read at once, so
 * that logging a loss does not make the step wait for it.
 */
export class MetricQueue {
  readonly loggers: LoggerGroup;
  readonly #clock: Clock;
  #pending: PendingMetrics[] = [];
  #oldestMs = 0;

  constructor(loggers: LoggerGroup, clock: Clock) {
    this.loggers = loggers;
    this.#clock = clock;
  }

  /** @throws MisconfigurationError for a value that is no number and no tensor with one element */
  add(metrics: Readonly<Record<string, number | Tensor>>, step: number | undefined): void {
    const entries = Object.entries(metrics);
    for (const [name, value] of entries) checkMetric(name, value);
    if (this.loggers.isEmpty) return;
    const isOnHost = entries.every(([, value]) => typeof value === "number");
    if (this.#pending.length === 0) this.#oldestMs = this.#clock.now();
    this.#pending.push({ metrics: new Map(entries.map(([name, value]) => [name, new LazyScalar(value)])), step });
    if (isOnHost && this.#pending.length === 1) this.#sendFirst();
  }

  get isDue(): boolean {
    return (
      this.#pending.length >= MAX_PENDING ||
      (this.#pending.length > 0 && this.#clock.now() - this.#oldestMs >= MAX_WAIT_MS)
    );
  }

  /** Reads every value that waits and hands all entries on, in order. */
  async flush(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    try {
      for (const { metrics, step } of pending) {
        const values: [string, number][] = [];
        for (const [name, scalar] of metrics) values.push([name, await scalar.load()]);
        this.loggers.logMetrics(Object.fromEntries(values), step);
      }
    } finally {
      for (const { metrics } of pending) for (const scalar of metrics.values()) scalar.release();
    }
  }

  /** An entry that waits for nothing goes at once. */
  #sendFirst(): void {
    const first = this.#pending.pop();
    if (first === undefined) return;
    const values = [...first.metrics].map(([name, scalar]): [string, number] => [name, scalar.read()]);
    this.loggers.logMetrics(Object.fromEntries(values), first.step);
  }
}

/** @throws MisconfigurationError for what is no number and no tensor with one element */
function checkMetric(name: string, value: unknown): void {
  if (typeof value === "number" || (value instanceof Tensor && value.size === 1)) return;
  throw new MisconfigurationError({
    code: "LIT_METRIC",
    message: `The metric "${name}" is no single number.`,
    expected: "a number or a tensor with one element",
    received: describeValue(value),
    tryThis: "reduce it first, for instance with .mean().",
  });
}
