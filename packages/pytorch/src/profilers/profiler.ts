import { classNameOf, isPromiseLike, type Module, type TrainingBackend } from "@lightning-ts/core";
import { defaultPort, makeFolder, type Ports } from "@lightning-ts/fabric";
import type { Stage } from "../words/stages.js";
import type { StepPart } from "./step-part.js";

export interface ProfilerOptions {
  /** Folder of the report. @default the log folder of the run, where `filename` is given */
  readonly dirpath?: string | undefined;
  /**
   * Name of the report, without its extension; the stage stands before it.
   * @default "report", where `dirpath` is given
   */
  readonly filename?: string | undefined;
}

/** Names of the options above. */
export const PROFILER_OPTIONS = ["dirpath", "filename"] as const;

/** The run that is to be profiled. */
export interface ProfiledRun {
  readonly stage: Stage;
  readonly localRank: number;
  /** Folder of the run's first logger, or `defaultRootDir`. */
  readonly logDir: string;
  readonly module: Module;
  /** What computes. */
  readonly backend: TrainingBackend;
  readonly ports: Ports;
  /** Shows a report to the user; rank 0 alone does. */
  readonly say: (text: string) => void;
}

/**
 * Hears of everything that a run does when it begins and ends, hooks and steps included, and reports on it at the end
 * of each run. `new Trainer({ profiler })` takes one.
 * @example
 * ```ts
 * import { Profiler, Trainer } from "@lightning-ts/pytorch";
 *
 * class Traces extends Profiler {
 *   readonly seen: string[] = [];
 *   override start(action: string) {
 *     this.seen.push(action);
 *   }
 *   override stop() {}
 * }
 * const trainer = new Trainer({ profiler: new Traces() });
 * ```
 */
export abstract class Profiler {
  readonly dirpath: string | undefined;
  readonly filename: string | undefined;
  /** The run that is profiled, or the last one. */
  protected run: ProfiledRun | undefined;

  constructor({ dirpath, filename }: ProfilerOptions = {}) {
    this.dirpath = dirpath;
    this.filename = filename;
  }

  /** Something begins. Called often, and in the middle of a step: it has to be quick. */
  abstract start(action: string, part?: StepPart): void;
  /** What began last under this name has ended, also when it failed. */
  abstract stop(action: string): void;

  /**
   * Profiles a piece of your own code, as `trainer.profiler.profile("load", () => ...)`. A promise is profiled until it
   * is settled.
   * @returns what `body` returned
   */
  profile<TResult>(action: string, body: () => TResult): TResult {
    this.start(action);
    let isPending = false;
    try {
      const result = body();
      if (!isPromiseLike(result)) return result;
      isPending = true;
      const stop = () => this.stop(action);
      result.then(stop, stop);
      return result;
    } finally {
      if (!isPending) this.stop(action);
    }
  }

  /**
   * What was found, as text; empty where there is nothing to tell.
   * @param _columns of the terminal that shows it; undefined where lines may be of any length, as in a file
   */
  summary(_columns?: number): string {
    return "";
  }

  /** A run begins. */
  setup(run: ProfiledRun): void | Promise<void> {
    this.run = run;
  }

  /** Reports at the end of a run: into a file where one was named, otherwise on the terminal of rank 0. */
  async describe(): Promise<void> {
    const { run } = this;
    const isSaid = this.dirpath === undefined && this.filename === undefined;
    const terminal = isSaid ? run?.ports.terminal : undefined;
    const text = this.summary(terminal?.isInteractive === true ? terminal.columns : undefined);
    if (run === undefined || text === "") return;
    if (isSaid) run.say(text);
    else await this.write(".txt", `${text}\n`);
  }

  /** A run ends, after `describe`. */
  teardown(_stage: Stage): void | Promise<void> {}

  /** Milliseconds on the clock of the run, or of the platform outside of one. */
  protected now(): number {
    return (this.run?.ports.clock ?? defaultPort(classNameOf(this), "clock")).now();
  }

  /** Writes a file of the report. @returns its path */
  protected async write(extension: string, text: string): Promise<string> {
    const { run } = this;
    if (run === undefined) throw new Error("A profiler writes in a run only.");
    const { files } = run.ports;
    const folder = files.resolve(this.dirpath ?? run.logDir);
    const rank = run.localRank === 0 ? "" : `-${run.localRank}`;
    const name = `${run.stage}-${this.filename ?? "report"}${rank}`.replaceAll(/[^\w.-]+/gu, "_");
    await makeFolder(files, folder);
    const path = files.join(folder, name + extension);
    const file = await files.open(path, "overwrite");
    try {
      await file.write(new TextEncoder().encode(text));
    } finally {
      await file.close();
    }
    return path;
  }
}
