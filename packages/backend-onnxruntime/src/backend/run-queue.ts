import type { CompiledGraph, GraphBuffer, GraphRunner, RunTicket } from "../contract/graph-runner.js";

const NO_RUNS: readonly Run[] = [];

/** One started run of a graph, and what became of it. */
export interface Run {
  /** `undefined` for one that failed before it started. */
  readonly ticket: RunTicket | undefined;
  /** Earlier runs whose results it reads, as far as they had not ended when it started; forgotten when it has ended. */
  sources: readonly Run[];
  /** Makes the error that users see out of the runner's; forgotten when the run has ended, for it holds the nodes. */
  explain: ((cause: unknown) => unknown) | undefined;
  isSettled: boolean;
  /** Why its results are worthless. */
  failure: unknown;
}

/** The runs in flight, oldest first. A run that fails takes those with it that read its results. */
export class RunQueue {
  readonly #runner: GraphRunner;
  readonly #running: Run[] = [];
  #reported: unknown;

  constructor(runner: GraphRunner) {
    this.#runner = runner;
  }

  /** Runs that nobody has waited for. */
  get length(): number {
    return this.#running.length;
  }

  /** The run before the last one, which a caller should wait for before it records more. */
  get previous(): Run | undefined {
    return this.#running.at(-2);
  }

  get last(): Run | undefined {
    return this.#running.at(-1);
  }

  start(graph: CompiledGraph, inputs: readonly GraphBuffer[], outputs: readonly GraphBuffer[], sources: readonly Run[], explain: Run["explain"]): Run {
    return this.add(this.#runner.start(graph, inputs, outputs), sources, explain);
  }

  /** A run that was started elsewhere. */
  add(ticket: RunTicket, sources: readonly Run[], explain: Run["explain"]): Run {
    const run: Run = { ticket, sources, explain, isSettled: false, failure: undefined };
    this.#running.push(run);
    return run;
  }

  /** Blocks until `run` and all before it have ended; their failures are kept in them. */
  join(run: Run): void {
    while (!run.isSettled) {
      const oldest = this.#running[0];
      if (oldest === undefined) return;
      try {
        if (oldest.ticket !== undefined) this.#runner.join(oldest.ticket);
        this.#settle(oldest, undefined);
      } catch (error) {
        this.#settle(oldest, error);
      }
    }
  }

  /** Like `join` with the event loop free. */
  async wait(run: Run): Promise<void> {
    while (!run.isSettled) {
      const oldest = this.#running[0];
      if (oldest === undefined) return;
      try {
        if (oldest.ticket !== undefined) await this.#runner.wait(oldest.ticket);
        this.#settle(oldest, undefined);
      } catch (error) {
        this.#settle(oldest, error);
      }
    }
  }

  /** A run that never started, for the results that it should have had. */
  addFailed(failure: unknown): Run {
    this.#reported ??= failure;
    return { ticket: undefined, sources: NO_RUNS, explain: undefined, isSettled: true, failure };
  }

  /** The first failure that nobody has heard of yet; asking makes it known. */
  takeFailure(): unknown {
    const failure = this.#reported;
    this.#reported = undefined;
    return failure;
  }

  /** Throws what a settled run failed with. */
  throwFailureOf({ failure }: Run): void {
    if (failure === undefined) return;
    if (this.#reported === failure) this.#reported = undefined;
    throw failure;
  }

  #settle(run: Run, error: unknown): void {
    if (run.isSettled) return;
    run.isSettled = true;
    const position = this.#running.indexOf(run);
    if (position >= 0) this.#running.splice(position, 1);
    const inherited = run.sources.find((source) => source.failure !== undefined)?.failure;
    run.failure = inherited ?? (error === undefined ? undefined : (run.explain?.(error) ?? error));
    run.sources = NO_RUNS;
    run.explain = undefined;
    if (run.failure !== undefined) this.#reported ??= run.failure;
  }
}
