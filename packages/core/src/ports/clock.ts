/** Time, as the loops see it. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Milliseconds since 1970-01-01 UTC. */
  wallTimeMs(): number;
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
  /** Resolves after timers, input and output had their turn. */
  yieldToEventLoop(): Promise<void>;
}
