import { classNameOf } from "../../errors/class-name.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import type { Optimizer } from "../optimizer.js";
import type { ParamGroup } from "../param-group.js";
import { isCount } from "../../errors/saved-numbers.js";
import { ratesOf, ratesOfAll, readSchedulerState } from "./read-scheduler-state.js";
import { rememberSchedule } from "./remember-schedule.js";

/** One group at one step of a schedule. */
export interface ScheduleMoment {
  /** Steps of the scheduler so far; 0 when it was made. */
  readonly epoch: number;
  /** The group; `group.lr` is the rate before this step. */
  readonly group: ParamGroup;
  readonly groupIndex: number;
  readonly baseLr: number;
  /** True while the scheduler is being made. */
  readonly isInitial: boolean;
}

/** The name of a schedule and what it was asked for, as plain values: what can be compared when a run goes on. */
export interface ScheduleSettings {
  readonly schedule: string;
  readonly [option: string]: unknown;
}

/** How a scheduler gets from one learning rate to the next. */
export interface Schedule {
  /** The next rate from the current one, so that schedulers can be combined. */
  next(moment: ScheduleMoment): number;
  /** The rate at `epoch` from the base rate alone, where there is such a formula. */
  at?(moment: ScheduleMoment): number;
  /** Not for functions: nobody can compare them. */
  readonly settings?: ScheduleSettings | undefined;
}

/** Where a schedule begins. */
export interface ScheduleStart {
  /**
   * Steps that were taken before, less one, when training goes on: groups then have their `initialLr` from before, and
   * their current rates. A scheduler's own state does the same, and is simpler. @default -1
   */
  readonly lastEpoch?: number | undefined;
}

export interface LRSchedulerState {
  readonly version: 1;
  readonly lastEpoch: number;
  readonly baseLrs: readonly number[];
  readonly lastLr: readonly number[];
}

/**
 * Base of the schedulers: `step()` sets each group's `lr`. Formulas are those of torch 2.x, in the recursive form,
 * so that several schedulers on one optimizer combine.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const optimizer = new optim.SGD(new nn.Linear(4, 1).parameters(), { lr: 0.1 });
 * const halve = new optim.lrScheduler.LRScheduler(optimizer, {
 *   next: ({ group, isInitial }) => (isInitial ? group.lr : group.lr / 2),
 * });
 * halve.step(); // after optimizer.step()
 * console.log(halve.getLastLr()); // [0.05]
 * ```
 */
export class LRScheduler {
  readonly optimizer: Optimizer;
  readonly #schedule: Schedule;
  #baseLrs: readonly number[];
  #lastLr: readonly number[] = [];
  #lastEpoch = -1;
  readonly #firstEpoch: number;

  /** @param lastEpoch see `ScheduleStart`. @default -1 */
  constructor(optimizer: Optimizer, schedule: Schedule, lastEpoch = -1) {
    this.optimizer = optimizer;
    this.#schedule = schedule;
    checkStart(classNameOf(this), optimizer, lastEpoch);
    for (const group of optimizer.paramGroups) group.initialLr ??= group.lr;
    this.#baseLrs = optimizer.paramGroups.map((group) => group.initialLr ?? group.lr);
    this.#firstEpoch = lastEpoch + 1;
    this.begin();
  }

  /** Steps so far. */
  get lastEpoch(): number {
    return this.#lastEpoch;
  }

  /** What the schedule was asked for; undefined where it does not say. */
  get settings(): ScheduleSettings | undefined {
    return this.#schedule.settings;
  }

  /** Sets the next learning rates. Call it after `optimizer.step()`. */
  step(): void {
    rememberSchedule(this);
    this.#lastEpoch += 1;
    this.#set((moment) => this.#schedule.next(moment), false);
  }

  /** Goes to a step and sets its rates; for schedulers whose steps are of another kind. */
  protected moveTo(epoch: number): void {
    this.#lastEpoch = epoch;
    this.#set((moment) => this.#schedule.next(moment), false);
  }

  /** The rates that were set last, one for each group. */
  getLastLr(): readonly number[] {
    return this.#lastLr;
  }

  stateDict(): LRSchedulerState {
    return { version: 1, lastEpoch: this.#lastEpoch, baseLrs: this.#baseLrs, lastLr: this.#lastLr };
  }

  /** Goes on from a saved state; the current rates are the optimizer's business and come back with its state. */
  loadStateDict(state: LRSchedulerState): void {
    const count = this.#baseLrs.length;
    const { lastEpoch, baseLrs, lastLr } = readSchedulerState(
      classNameOf(this),
      state,
      `version 1 with lastEpoch, ${count} base learning rates and at least as many last ones`,
      { lastEpoch: isStep, baseLrs: ratesOf(count), lastLr: ratesOfAll(count) },
    );
    this.#lastEpoch = lastEpoch;
    this.#baseLrs = [...baseLrs];
    this.#lastLr = [...lastLr];
  }

  /** Takes the step that made this scheduler once more; `SequentialLR` does it for the scheduler that comes first. */
  begin(): void {
    this.#lastEpoch = this.#firstEpoch;
    this.#set((moment) => this.#schedule.next(moment), true);
  }

  /** Takes back the step that made this scheduler, but not its rates; `SequentialLR` does it for all that it has. */
  rewind(): void {
    this.#lastEpoch -= 1;
  }

  /** Starts the schedule at its beginning, from the base rates. */
  restart(): void {
    this.#lastEpoch = 0;
    this.#set((moment) => (this.#schedule.at ?? this.#schedule.next)(moment), false);
  }

  #set(rate: (moment: ScheduleMoment) => number, isInitial: boolean): void {
    for (const [groupIndex, group] of this.optimizer.paramGroups.entries()) {
      group.lr = rate({
        epoch: this.#lastEpoch,
        group,
        groupIndex,
        baseLr: this.#baseLrs[groupIndex] ?? group.lr,
        isInitial,
      });
    }
    this.#lastLr = this.optimizer.paramGroups.map(({ lr }) => lr);
  }
}

/** @throws MisconfigurationError for what is no step, and where a group has not been scheduled before */
function checkStart(owner: string, optimizer: Optimizer, lastEpoch: number): void {
  const unknown = optimizer.paramGroups.findIndex(({ initialLr }) => initialLr === undefined);
  if (Number.isInteger(lastEpoch) && lastEpoch >= -1 && (lastEpoch === -1 || unknown === -1)) return;
  throw new MisconfigurationError({
    message: `${owner} cannot go on from this step.`,
    expected: "lastEpoch -1, or a step and initialLr in every parameter group",
    received: `lastEpoch ${lastEpoch}${unknown === -1 ? "" : `, group ${unknown} without initialLr`}`,
    tryThis: "scheduler.loadStateDict(state), which needs no lastEpoch.",
  });
}

/** -1 is that of a scheduler which a sequence has not come to yet. */
function isStep(value: unknown): value is number {
  return value === -1 || isCount(value);
}
