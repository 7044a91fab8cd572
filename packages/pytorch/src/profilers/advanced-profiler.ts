import { MisconfigurationError, rejectUnknownOptions, type CpuProfile, type CpuProfiler } from "@lightning-ts/core";
import { renderTable } from "../display/render-table.js";
import type { Stage } from "../words/stages.js";
import { functionTimes } from "./function-times.js";
import { Profiler, PROFILER_OPTIONS, type ProfiledRun, type ProfilerOptions } from "./profiler.js";

export interface AdvancedProfilerOptions extends ProfilerOptions {
  /** How many functions the table shows: a whole number of lines, or up to 1 a fraction of them all. @default 30 */
  readonly lineCountRestriction?: number | undefined;
  /** Write the profile too, as a `.cpuprofile` file that browsers' and editors' tools open. @default false */
  readonly dumpStats?: boolean | undefined;
}

/**
 * Says which JavaScript functions take the time, as V8 sees it: looking many times a second at what runs. Needs the
 * port `cpuProfiler`, which Node's ports have. The engine computes in threads of its own, which V8 does not see.
 * @example
 * ```ts
 * import { AdvancedProfiler, Trainer } from "@lightning-ts/pytorch";
 *
 * const profiler = new AdvancedProfiler({ dirpath: "profiles", dumpStats: true });
 * const trainer = new Trainer({ profiler }); // writes profiles/fit-report.txt and profiles/fit-report.cpuprofile
 * ```
 */
export class AdvancedProfiler extends Profiler {
  readonly #lines: number;
  readonly #dumps: boolean;
  #running: CpuProfiler | undefined;
  #profile: CpuProfile | undefined;

  /** @throws MisconfigurationError for an unknown option, and for a number of lines that is not above 0 */
  constructor(options: AdvancedProfilerOptions = {}) {
    super(options);
    rejectUnknownOptions("AdvancedProfiler", options, [...PROFILER_OPTIONS, "lineCountRestriction", "dumpStats"]);
    const { lineCountRestriction = 30, dumpStats = false } = options;
    if (!(lineCountRestriction > 0))
      throw new MisconfigurationError({
        code: "LIT_PROFILER",
        message: "AdvancedProfiler takes a number of lines.",
        expected: "lineCountRestriction above 0: a whole number of lines, or up to 1 a fraction of them",
        received: String(lineCountRestriction),
      });
    this.#lines = lineCountRestriction;
    this.#dumps = dumpStats;
  }

  override start(): void {}
  override stop(): void {}

  /** @throws MisconfigurationError where the platform has no CPU profiler */
  override async setup(run: ProfiledRun): Promise<void> {
    this.run = run;
    this.#profile = undefined;
    const { cpuProfiler } = run.ports;
    if (cpuProfiler === undefined)
      throw new MisconfigurationError({
        code: "LIT_PROFILER",
        message: "AdvancedProfiler needs a CPU profiler, and this platform has none.",
        expected: "the port cpuProfiler, as nodePorts() of @lightning-ts/fabric/node has it",
        tryThis: 'profiler: "simple", which needs no more than a clock.',
      });
    await cpuProfiler.start();
    this.#running = cpuProfiler;
  }

  override async describe(): Promise<void> {
    await this.#end();
    await super.describe();
    if (this.#dumps && this.#profile !== undefined) await this.write(".cpuprofile", JSON.stringify(this.#profile));
  }

  override async teardown(_stage: Stage): Promise<void> {
    await this.#end();
  }

  override summary(): string {
    if (this.#profile === undefined) return "";
    const times = functionTimes(this.#profile);
    const allMs = times.reduce((sum, { selfMs }) => sum + selfMs, 0);
    const count = this.#lines <= 1 ? Math.ceil(this.#lines * times.length) : Math.floor(this.#lines);
    const share = (ms: number) => `${((100 * ms) / allMs).toFixed(1)} %`;
    const rows = times
      .slice(0, count)
      .map(({ name, place, selfMs, totalMs }) => [share(selfMs), share(totalMs), name, shortened(place)]);
    const idleMs = times.find(({ name }) => name === "(idle)")?.selfMs ?? 0;
    const [all, busy] = [allMs, allMs - idleMs].map((ms) => (ms / 1000).toFixed(2));
    const title = `${this.run?.stage ?? ""} profiler report: ${all} s, JavaScript was busy for ${busy} s of them`;
    return [title, ...renderTable([["Self", "Total", "Function", "Place"], ...rows])].join("\n");
  }

  async #end(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running !== undefined) this.#profile = await running.stop();
  }
}

/** The end of a path, which tells files apart. */
function shortened(place: string): string {
  return place.split("/").slice(-3).join("/");
}
