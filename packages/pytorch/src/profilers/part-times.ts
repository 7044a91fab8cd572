import type { StepPart } from "./step-part.js";

/** What counts whatever happens within it. */
const WHOLE = new Set<StepPart>(["validation", "checkpoints"]);

/** Adds up how long each part took by itself, without the parts that were begun within it. */
export class PartTimes {
  readonly #totals = new Map<StepPart, number>();
  readonly #open: StepPart[] = [];
  #since = 0;

  /** @param now milliseconds */
  begin(part: StepPart, now: number): void {
    this.#credit(now);
    const outer = this.#open.at(-1);
    this.#open.push(outer !== undefined && WHOLE.has(outer) ? outer : part);
  }

  end(now: number): void {
    this.#credit(now);
    this.#open.pop();
  }

  /** Milliseconds of each part. */
  get totals(): ReadonlyMap<StepPart, number> {
    return this.#totals;
  }

  #credit(now: number): void {
    const part = this.#open.at(-1);
    if (part !== undefined) this.#totals.set(part, (this.#totals.get(part) ?? 0) + now - this.#since);
    this.#since = now;
  }
}
