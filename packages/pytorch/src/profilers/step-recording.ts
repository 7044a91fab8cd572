import {
  LayerTrace,
  type EngineRun,
  type Module,
  type OperationOrigin,
  type ProfileInProgress,
} from "@lightning-ts/core";
import { DEVICE } from "./actions.js";
import type { RecordedSpan, RecordedStretch } from "./recorded-stretch.js";
import type { StepPart } from "./step-part.js";

export interface StepRecordingOptions {
  readonly startProfile: (origin: () => OperationOrigin) => ProfileInProgress;
  /** Whose layers are to be told; undefined for none. */
  readonly model: Module | undefined;
  /** Milliseconds. */
  readonly now: () => number;
}

/** Something that goes on. */
interface OpenSpan extends Omit<RecordedSpan, "endMs"> {
  endMs: number | undefined;
}

/** Records what the program does, and what the engine runs for it, until it is ended. */
export class StepRecording {
  readonly #now: () => number;
  readonly #layers: LayerTrace | undefined;
  readonly #profile: ProfileInProgress;
  /** By this clock, when the profile of the engine was started. */
  readonly #profiledMs: number;
  #startMs: number;
  #spans: OpenSpan[] = [];
  /** Those of them that go on: every operation asks for the innermost. */
  #open: OpenSpan[] = [];
  #isWarmingUp: boolean;
  /** When the device was waited for the last time. */
  #deviceMs: number;

  /** @param isWarmingUp whether what is recorded before `keep` is not told */
  constructor({ startProfile, model, now }: StepRecordingOptions, isWarmingUp: boolean) {
    this.#now = now;
    this.#isWarmingUp = isWarmingUp;
    this.#profile = startProfile(() => this.#origin());
    this.#profiledMs = now();
    this.#startMs = this.#profiledMs;
    this.#deviceMs = this.#profiledMs;
    this.#layers = model === undefined ? undefined : new LayerTrace(model);
  }

  get isWarmingUp(): boolean {
    return this.#isWarmingUp;
  }

  /** From now on it is told. */
  keep(): void {
    this.#profile.drop();
    this.#isWarmingUp = false;
    [this.#spans, this.#open] = [[], []];
    this.#startMs = this.#now();
  }

  begin(action: string, part: StepPart | undefined): void {
    const span: OpenSpan = { action, part, startMs: this.#now(), endMs: undefined };
    this.#spans.push(span);
    this.#open.push(span);
  }

  /** What has begun before the recording is no part of it. */
  end(action: string): void {
    const place = this.#open.findLastIndex((open) => open.action === action);
    const [span] = place === -1 ? [] : this.#open.splice(place, 1);
    if (span !== undefined) span.endMs = this.#now();
    if (action === DEVICE) this.#deviceMs = this.#now();
  }

  /**
   * Waits for what the engine still runs.
   * @param isLate whether other things than steps have been done since the last step
   */
  finish(isLate: boolean): RecordedStretch {
    const lastMs = isLate ? this.#deviceMs : this.#now();
    this.#layers?.close();
    const profile = this.#profile.stop();
    const shift = this.#profiledMs - profile.startMs;
    // Two looks at one clock are no two clocks.
    const runs = Math.abs(shift) < SAME_CLOCK_MS ? profile.runs : profile.runs.map((run) => shifted(run, shift));
    const endMs = runs.reduce((last, run) => Math.max(last, run.startMs + run.durationMs), lastMs);
    const spans = this.#spans.map((span) => ({ ...span, endMs: Math.min(span.endMs ?? endMs, endMs) }));
    return { startMs: this.#startMs, endMs, spans: spans.filter((span) => span.startMs <= span.endMs), runs };
  }

  #origin(): OperationOrigin {
    const region = this.#open.findLast(({ part }) => part === undefined)?.action;
    const part = this.#open.findLast((span) => span.part !== undefined)?.part;
    return {
      ...this.#layers?.current,
      ...(region === undefined ? {} : { region }),
      ...(part === undefined ? {} : { part }),
    };
  }
}

const SAME_CLOCK_MS = 100;

function shifted(run: EngineRun, byMs: number): EngineRun {
  const nodes = run.nodes.map((node) => ({ ...node, startMs: node.startMs + byMs }));
  return { ...run, startMs: run.startMs + byMs, nodes };
}
