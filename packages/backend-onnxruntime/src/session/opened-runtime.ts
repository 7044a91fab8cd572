import type { Pointer } from "./ort-api.js";
import {
  createSessionOptions,
  openRuntime,
  type OrtRuntime,
  type RuntimeOptions,
  type SessionSettings,
} from "./ort-runtime.js";
import { RunQueue } from "./run-queue.js";

/** Elementwise programs are bound by memory; more threads than these and the executor do not make them faster. */
const MOST_HELPERS = 3;

/** What runs need, which starts with the first of them. */
export interface OpenedRuntime {
  readonly runtime: OrtRuntime;
  readonly sessionOptions: Pointer;
  readonly queue: RunQueue;
}

export function openForRuns(options: RuntimeOptions & SessionSettings): OpenedRuntime {
  const runtime = openRuntime(options);
  const { libraryPath, runAddress } = runtime.api;
  const helpers = Math.min(MOST_HELPERS, runtime.threads - 1);
  return {
    runtime,
    sessionOptions: createSessionOptions(runtime, options),
    queue: new RunQueue({ libraryPath, runAddress, helpers }),
  };
}
