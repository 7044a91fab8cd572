import type { Clock } from "@lightning-ts/core";

/** How long the loop may keep the event loop to itself. */
const LONGEST_MS = 5;

/** Lets timers, signals and servers have their turn every few milliseconds. */
export class Breath {
  readonly #clock: Clock;
  #last: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#last = clock.now();
  }

  /** A promise when it is time to let others run. Call it only where no scope is open. */
  take(): void | Promise<void> {
    if (this.#clock.now() - this.#last < LONGEST_MS) return;
    return this.#yield();
  }

  async #yield(): Promise<void> {
    await this.#clock.yieldToEventLoop();
    this.#last = this.#clock.now();
  }
}
