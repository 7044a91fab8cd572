import { MisconfigurationError, nearestName, rejectUnknownOptions } from "@lightning-ts/core";
import { foldRows } from "../display/fold-rows.js";
import { renderTable } from "../display/render-table.js";
import { PartTimes } from "./part-times.js";
import { Profiler, PROFILER_OPTIONS, type ProfiledRun, type ProfilerOptions } from "./profiler.js";
import { TRAINING_BATCH, TRAINING_EPOCH } from "./actions.js";
import type { StepPart } from "./step-part.js";
import { renderParts } from "./render-parts.js";

export interface SimpleProfilerOptions extends ProfilerOptions {
  /** Show also how often each action was called, and its share. @default true */
  readonly extended?: boolean | undefined;
}

interface Started {
  readonly at: number;
  readonly isPart: boolean;
}

/** How often an action was done, and how long that took. */
interface Recorded {
  count: number;
  totalMs: number;
}

/**
 * Measures how long each action takes, and tells it in a table at the end of a run, with another one that says where
 * the time of a training step goes.
 * @example
 * ```ts
 * import { SimpleProfiler, Trainer } from "@lightning-ts/pytorch";
 *
 * const trainer = new Trainer({ profiler: new SimpleProfiler({ filename: "times" }) });
 * // or, for a table on the terminal: new Trainer({ profiler: "simple" })
 * ```
 */
export class SimpleProfiler extends Profiler {
  readonly #isExtended: boolean;
  readonly #started = new Map<string, Started>();
  #recorded = new Map<string, Recorded>();
  #parts = new PartTimes();
  #begunAt = 0;

  /** @throws MisconfigurationError for an unknown option */
  constructor(options: SimpleProfilerOptions = {}) {
    super(options);
    rejectUnknownOptions("SimpleProfiler", options, [...PROFILER_OPTIONS, "extended"]);
    this.#isExtended = options.extended ?? true;
  }

  /** Milliseconds of each action: how often it was done, and how long that took in all. */
  get recordedDurations(): ReadonlyMap<string, Readonly<Recorded>> {
    return this.#recorded;
  }

  override setup(run: ProfiledRun): void {
    this.run = run;
    this.#started.clear();
    this.#recorded = new Map();
    this.#parts = new PartTimes();
    this.#begunAt = this.now();
  }

  /** @throws MisconfigurationError for an action that has begun already */
  override start(action: string, part?: StepPart): void {
    if (this.#started.has(action))
      throw new MisconfigurationError({
        code: "LIT_PROFILER",
        message: `The profiler was to start "${action}", which has begun already.`,
        tryThis: "stop it first, or give what runs within it a name of its own.",
      });
    const at = this.now();
    // Parts make up training epochs: what is done before and after is told in the other table alone.
    const isPart = part !== undefined && (action === TRAINING_EPOCH || this.#started.has(TRAINING_EPOCH));
    if (isPart) this.#parts.begin(part, at);
    this.#started.set(action, { at, isPart });
  }

  /** @throws MisconfigurationError for an action that has not begun */
  override stop(action: string): void {
    const started = this.#started.get(action);
    if (started === undefined) throw this.#notStarted(action);
    this.#started.delete(action);
    const now = this.now();
    if (started.isPart) this.#parts.end(now);
    const recorded = this.#recorded.get(action);
    if (recorded === undefined) this.#recorded.set(action, { count: 1, totalMs: now - started.at });
    else {
      recorded.count += 1;
      recorded.totalMs += now - started.at;
    }
  }

  override summary(columns: number = Number.POSITIVE_INFINITY): string {
    const elapsedMs = this.now() - this.#begunAt;
    const steps = this.#recorded.get(TRAINING_BATCH)?.count ?? 0;
    const title = `${this.run === undefined ? "" : `${this.run.stage} `}profiler report`;
    const { header, body } = foldRows(this.#rows(elapsedMs), columns);
    const lines = [title, ...renderTable([...header, ...body], undefined, header.length)];
    if (steps > 0) lines.push("", ...renderParts(this.#parts.totals, steps));
    return lines.join("\n");
  }

  /** The actions that took longest come first. */
  #rows(elapsedMs: number): string[][] {
    const header = this.#isExtended
      ? ["Action", "Mean duration (s)", "Num calls", "Total time (s)", "Percentage %"]
      : ["Action", "Mean duration (s)", "Total time (s)"];
    const sorted = [...this.#recorded].sort(([, a], [, b]) => b.totalMs - a.totalMs);
    const calls = sorted.reduce((sum, [, { count }]) => sum + count, 0);
    const total: [string, Recorded] = ["Total", { count: calls, totalMs: elapsedMs }];
    const rows = [total, ...sorted].map(([action, { count, totalMs }]) => {
      const mean = action === "Total" ? "-" : seconds(totalMs / count);
      if (!this.#isExtended) return [action, mean, seconds(totalMs)];
      return [action, mean, String(count), seconds(totalMs), ((100 * totalMs) / elapsedMs).toFixed(2)];
    });
    return [header, ...rows];
  }

  #notStarted(action: string): MisconfigurationError {
    const nearest = nearestName(action, [...this.#started.keys()]);
    return new MisconfigurationError({
      code: "LIT_PROFILER",
      message: `The profiler was to stop "${action}", which has not begun.`,
      tryThis: nearest === undefined ? `start("${action}") first.` : `stop("${nearest}").`,
    });
  }
}

function seconds(ms: number): string {
  return String(Number((ms / 1000).toPrecision(5)));
}
