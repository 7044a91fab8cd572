import { MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import {
  NEXT_EVALUATION_BATCH,
  NEXT_PREDICTION_BATCH,
  NEXT_TRAINING_BATCH,
  TRAINING_EPOCH,
  VALIDATION,
} from "./actions.js";
import { renderOperations } from "./render-operations.js";
import { completeSchedule, type ProfileSchedule, roleOf } from "./profile-schedule.js";
import { Profiler, PROFILER_OPTIONS, type ProfiledRun, type ProfilerOptions } from "./profiler.js";
import type { RecordedStretch } from "./recorded-stretch.js";
import type { StepPart } from "./step-part.js";
import { StepRecording } from "./step-recording.js";
import { traceText } from "./trace-events.js";
import type { Stage } from "../words/stages.js";

export interface EngineProfilerOptions extends ProfilerOptions {
  /** Which steps are recorded. @default the third to the fifth */
  readonly schedule?: ProfileSchedule | undefined;
  /** Rows of the table; -1 for all. @default 20 */
  readonly rowLimit?: number | undefined;
  /** Tells operations with inputs of different shapes apart. @default false */
  readonly groupByInputShapes?: boolean | undefined;
  /** Tells of each operation which layer computed it. @default true */
  readonly recordModuleNames?: boolean | undefined;
  /** Writes the trace, beside the table. @default true */
  readonly exportToChrome?: boolean | undefined;
}

const OPTIONS = [
  ...PROFILER_OPTIONS,
  ...["schedule", "rowLimit"],
  ...["groupByInputShapes", "recordModuleNames", "exportToChrome"],
];

/** What begins a step of a stage, and what in it shows that there was a batch. */
const STEPS: Readonly<Record<Stage, { readonly next: string; readonly step: string }>> = {
  fit: { next: NEXT_TRAINING_BATCH, step: ".trainingStep" },
  validate: { next: NEXT_EVALUATION_BATCH, step: ".validationStep" },
  test: { next: NEXT_EVALUATION_BATCH, step: ".testStep" },
  predict: { next: NEXT_PREDICTION_BATCH, step: ".predictStep" },
};

/**
 * Records some steps of a run and says what the engine computed in them: each operation with the layer that it belongs
 * to, in its forward and for its gradient, and how long its nodes took. It writes a trace (`fit-report.trace.json`,
 * into `dirpath` or the run's log folder) that https://ui.perfetto.dev and Chrome's about:tracing open, and a table.
 * Needs the embedded engine. Recorded steps are somewhat slower than others, and compute the same numbers.
 * @example
 * ```ts
 * import { EngineProfiler, Trainer } from "@lightning-ts/pytorch";
 *
 * const profiler = new EngineProfiler({ dirpath: "profiles", schedule: { wait: 10, warmup: 2, active: 5 } });
 * const trainer = new Trainer({ profiler }); // profiles/fit-report.trace.json and profiles/fit-report.txt
 * ```
 */
export class EngineProfiler extends Profiler {
  readonly #options: EngineProfilerOptions;
  readonly #schedule: ReturnType<typeof completeSchedule>;
  #recording: StepRecording | undefined;
  #stretches: RecordedStretch[] = [];
  #step = 0;
  #recorded = 0;
  #hasStepped = false;
  #tracePath: string | undefined;

  /** @throws MisconfigurationError for an unknown option, a schedule or a number of rows that is none */
  constructor(options: EngineProfilerOptions = {}) {
    super(options);
    rejectUnknownOptions("EngineProfiler", options, OPTIONS);
    const { rowLimit = 20 } = options;
    if (!Number.isInteger(rowLimit) || rowLimit < -1)
      throw new MisconfigurationError({
        code: "LIT_PROFILER",
        message: "EngineProfiler takes a number of rows.",
        expected: "rowLimit: a whole number of at least 0, or -1 for all",
        received: String(rowLimit),
      });
    this.#options = options;
    this.#schedule = completeSchedule(options.schedule);
  }

  /** What was recorded in the run so far, or in the last one. */
  get stretches(): readonly RecordedStretch[] {
    return this.#stretches;
  }

  /** @throws MisconfigurationError where the backend cannot say how long its operations take */
  override setup(run: ProfiledRun): void {
    if (run.backend.startProfile === undefined)
      throw new MisconfigurationError({
        code: "LIT_PROFILER",
        message: "EngineProfiler needs a backend that says how long each operation takes.",
        expected: 'the backend "onnxruntime"',
        received: `"${run.backend.name}"`,
        tryThis: 'profiler: "simple" for the time of each action, or "advanced" for JavaScript functions.',
      });
    this.run = run;
    this.#stretches = [];
    [this.#step, this.#recorded, this.#hasStepped, this.#tracePath] = [0, 0, false, undefined];
  }

  override start(action: string, part?: StepPart): void {
    const { stage } = this.run ?? {};
    if (stage !== undefined && action === STEPS[stage].next) this.#beginStep();
    else if (stage === "fit" && action === VALIDATION) this.#interrupt();
    this.#recording?.begin(action, part);
  }

  override stop(action: string): void {
    this.#recording?.end(action);
    const { stage } = this.run ?? {};
    if (stage !== undefined && action.endsWith(STEPS[stage].step)) this.#hasStepped = true;
    if (action === TRAINING_EPOCH) this.#interrupt(true);
  }

  override async describe(): Promise<void> {
    this.#interrupt(true);
    if (this.#stretches.length > 0 && this.#options.exportToChrome !== false) {
      const { stage = "fit", localRank = 0 } = this.run ?? {};
      this.#tracePath = await this.write(".trace.json", traceText(this.#stretches, { stage, rank: localRank }));
    }
    await super.describe();
  }

  override teardown(_stage: Stage): void {
    this.#interrupt(true);
  }

  override summary(): string {
    const title = `${this.run?.stage ?? ""} profiler report`.trim();
    if (this.#recorded === 0) return `${title}\n${this.#noStep()}`;
    const { rowLimit = 20, groupByInputShapes = false } = this.#options;
    const lines = renderOperations(this.#stretches, { steps: this.#recorded, rowLimit, groupByInputShapes });
    const trace = this.#tracePath === undefined ? [] : [`Trace for https://ui.perfetto.dev: ${this.#tracePath}`];
    return [title, ...lines, ...trace].join("\n");
  }

  #noStep(): string {
    const { skipFirst, wait, warmup } = this.#schedule;
    const first = skipFirst + wait + warmup + 1;
    return `No step was recorded: the schedule begins with step ${first}, and the run had ${this.#step}.`;
  }

  #beginStep(): void {
    this.#countStep();
    const role = roleOf(this.#schedule, this.#step);
    if (role === "leave") this.#interrupt();
    else {
      this.#recording ??= this.#newRecording(role === "warmUp");
      if (role === "record" && this.#recording.isWarmingUp) this.#recording.keep();
    }
  }

  /** The batch that was trained or evaluated since the last call, if there was one. */
  #countStep(): void {
    if (!this.#hasStepped) return;
    this.#hasStepped = false;
    if (roleOf(this.#schedule, this.#step) === "record") this.#recorded += 1;
    this.#step += 1;
  }

  /**
   * Ends the recording, until another step begins.
   * @param isLate whether other things than steps have been done since the last step
   */
  #interrupt(isLate = false): void {
    this.#countStep();
    const recording = this.#recording;
    this.#recording = undefined;
    const stretch = recording?.finish(isLate);
    if (stretch !== undefined && recording?.isWarmingUp === false) this.#stretches.push(stretch);
  }

  #newRecording(isWarmingUp: boolean): StepRecording {
    const { run } = this;
    if (run === undefined) throw new Error("A profiler records in a run only.");
    const { backend, module } = run;
    return new StepRecording(
      {
        startProfile: (origin) => {
          const profile = backend.startProfile?.(origin);
          if (profile === undefined) throw new Error(`The backend ${backend.name} takes no profiles.`);
          return profile;
        },
        model: this.#options.recordModuleNames === false ? undefined : module,
        now: () => this.now(),
      },
      isWarmingUp,
    );
  }
}
