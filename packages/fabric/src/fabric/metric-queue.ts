import { describeValue, detach, keep, MisconfigurationError, type Clock } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";
import type { Logger } from "../loggers/logger.js";

/** Entries that wait for their values at most. */
const MAX_PENDING = 64;
/** Time that an entry waits for its values. */
const MAX_WAIT_MS = 1000;

interface PendingMetrics {
  readonly metrics: ReadonlyMap<string, number | Tensor>;
  readonly step: number | undefined;
}

/**
 * Metrics on their way to the loggers. Values that are tensors stay on the device until many can be read at once, so
 * that logging a loss does not make the step wait for it.
 */
export class MetricQueue {
  readonly #loggers: readonly Logger[];
  readonly #clock: Clock;
  #pending: PendingMetrics[] = [];
  #oldestMs = 0;

  constructor(loggers: readonly Logger[], clock: Clock) {
    this.#loggers = loggers;
    this.#clock = clock;
  }

  /** @throws MisconfigurationError for a value that is no number and no tensor with one element */
  add(metrics: Readonly<Record<string, number | Tensor>>, step: number | undefined): void {
    const checked = new Map(Object.entries(metrics).map(([name, value]) => [name, checkedValue(name, value)]));
    if (this.#loggers.length === 0) return;
    const hasTensors = [...checked.values()].some((value) => value instanceof Tensor);
    if (!hasTensors && this.#pending.length === 0) {
      this.#send(checked, step);
      return;
    }
    if (this.#pending.length === 0) this.#oldestMs = this.#clock.now();
    this.#pending.push({
      metrics: new Map(
        [...checked].map(([name, value]) => [name, value instanceof Tensor ? keep(detach(value)) : value]),
      ),
      step,
    });
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
    for (const { metrics, step } of pending) {
      const values = new Map<string, number>();
      for (const [name, value] of metrics) values.set(name, value instanceof Tensor ? await readAndFree(value) : value);
      this.#send(values, step);
    }
  }

  #send(metrics: ReadonlyMap<string, number | Tensor>, step: number | undefined): void {
    const numbers: Record<string, number> = {};
    for (const [name, value] of metrics) if (typeof value === "number") numbers[name] = value;
    for (const logger of this.#loggers) logger.logMetrics(numbers, step);
  }
}

async function readAndFree(tensor: Tensor): Promise<number> {
  const [value] = await tensor.data();
  tensor.dispose();
  return Number(value);
}

function checkedValue(name: string, value: number | Tensor): number | Tensor {
  if (typeof value === "number" || (value instanceof Tensor && value.size === 1)) return value;
  throw new MisconfigurationError({
    code: "LIT_METRIC",
    message: `The metric "${name}" is no single number.`,
    expected: "a number or a tensor with one element",
    received: describeValue(value),
    tryThis: "reduce it first, for instance with .mean().",
  });
}
