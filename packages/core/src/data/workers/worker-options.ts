import { describeValue } from "../../errors/describe-value.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import type { ModuleExport } from "./worker-source.js";

/** How a loader uses worker threads. */
export interface WorkerOptions {
  readonly numWorkers: number;
  readonly prefetchFactor: number;
  readonly persistentWorkers: boolean;
  /** Seconds; 0 for none. */
  readonly timeout: number;
  readonly workerInitFn: string | URL | ModuleExport | undefined;
}

/** The same, as options of a loader. */
export type GivenWorkerOptions = { readonly [TKey in keyof WorkerOptions]?: WorkerOptions[TKey] | undefined };

const DEFAULT_PREFETCH_FACTOR = 2;

/** @throws MisconfigurationError for options that are out of range, or that need workers where there are none */
export function workerOptions(given: GivenWorkerOptions): WorkerOptions {
  const { numWorkers = 0, prefetchFactor, persistentWorkers = false, timeout = 0, workerInitFn } = given;
  check("numWorkers", numWorkers, "an integer of at least 0", Number.isInteger(numWorkers) && numWorkers >= 0);
  check("persistentWorkers", persistentWorkers, "true or false", typeof persistentWorkers === "boolean");
  check("timeout", timeout, "seconds, at least 0", typeof timeout === "number" && timeout >= 0);
  const factor = prefetchFactor ?? DEFAULT_PREFETCH_FACTOR;
  check("prefetchFactor", factor, "an integer of at least 1", Number.isInteger(factor) && factor >= 1);
  if (numWorkers === 0 && (prefetchFactor !== undefined || persistentWorkers || timeout > 0))
    throw new MisconfigurationError({
      message: "DataLoader's prefetchFactor, persistentWorkers and timeout are about worker threads, and it has none.",
      tryThis: "numWorkers: 2, or leaving them out. Without workers, prefetch reads batches ahead.",
    });
  return { numWorkers, prefetchFactor: factor, persistentWorkers, timeout, workerInitFn };
}

function check(name: string, value: unknown, expected: string, isRight: boolean): void {
  if (isRight) return;
  throw new MisconfigurationError({
    message: `DataLoader's ${name} is not usable.`,
    expected,
    received: describeValue(value),
  });
}
