/**
 * What instrumented files ask whether a mutant is on. Lives in the worker that runs the tests; notes which mutants the
 * code passed, and ends code that asks without end because a mutant made a loop endless.
 */
export class Switchboard {
  /** The mutant that is on; 0 for none. */
  active = 0;
  /** The mutants passed since it was emptied. */
  passed = new Set<number>();
  calls = 0;
  limit = Number.POSITIVE_INFINITY;

  readonly isActive = (id: number): boolean => {
    this.calls += 1;
    if (this.calls > this.limit) throw new Error("The mutant asked for many times more steps than the code does.");
    if (id === this.active) return true;
    this.passed.add(id);
    return false;
  };

  start(active: number, limit: number): void {
    this.active = active;
    this.calls = 0;
    this.limit = limit;
  }

  stop(): void {
    this.start(0, Number.POSITIVE_INFINITY);
  }

  get isExceeded(): boolean {
    return this.calls > this.limit;
  }
}
