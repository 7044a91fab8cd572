/** How far one stage of a run is, and how long it took. */
export class Meter {
  done = 0;
  #pausedMs = 0;
  #pauseBeganMs: number | undefined;

  /**
   * @param total batches; `Infinity` where nobody knows
   * @param before batches that were done before the clock was started
   */
  constructor(
    readonly label: string,
    readonly total: number,
    readonly startedMs: number,
    readonly before = 0,
  ) {}

  /** Stops the clock: what follows is no work of this stage. */
  pause(nowMs: number): void {
    this.#pauseBeganMs ??= nowMs;
  }

  resume(nowMs: number): void {
    if (this.#pauseBeganMs !== undefined) this.#pausedMs += nowMs - this.#pauseBeganMs;
    this.#pauseBeganMs = undefined;
  }

  /** Milliseconds since the start, without pauses. */
  elapsedMs(nowMs: number): number {
    return (this.#pauseBeganMs ?? nowMs) - this.startedMs - this.#pausedMs;
  }
}
