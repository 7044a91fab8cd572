import { requireOptimizer } from "./require-optimizer.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { checkNumber } from "../check-number.js";
import type { Optimizer } from "../optimizer.js";
import { LRScheduler, type LRSchedulerState, type Schedule, type ScheduleStart } from "./lr-scheduler.js";
import { isAmount } from "../../errors/saved-numbers.js";
import { readSchedulerState } from "./read-scheduler-state.js";
import { rememberSchedule } from "./remember-schedule.js";

export interface CosineAnnealingWarmRestartsOptions extends ScheduleStart {
  /** Steps until the first restart. */
  readonly t0: number;
  /** How much longer each period is than the one before; a whole number. @default 1 */
  readonly tMult?: number | undefined;
  /** The smallest learning rate. @default 0 */
  readonly etaMin?: number | undefined;
}

export interface CosineAnnealingWarmRestartsState extends LRSchedulerState {
  /** Steps since the last restart, and the length of the period. */
  readonly tCur: number;
  readonly tI: number;
}

interface Position {
  tCur: number;
  tI: number;
}

/**
 * Half a cosine from the initial rate to `etaMin`, again and again (Loshchilov and Hutter, 2017).
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 * const optimizer = new optim.SGD(new nn.Linear(4, 1).parameters(), { lr: 0.1 });
 * const scheduler = new optim.lrScheduler.CosineAnnealingWarmRestarts(optimizer, { t0: 4 });
 * for (let epoch = 0; epoch < 4; epoch += 1) scheduler.step();
 * console.log(scheduler.getLastLr()); // [0.1]: a new period begins
 * ```
 */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  readonly #position: Position;
  readonly #t0: number;
  readonly #tMult: number;

  constructor(optimizer: Optimizer, options: CosineAnnealingWarmRestartsOptions, ...more: readonly never[]) {
    requireOptimizer("CosineAnnealingWarmRestarts", optimizer);
    const owner = "CosineAnnealingWarmRestarts";
    rejectUnknownOptions(owner, options, ["t0", "tMult", "etaMin", "lastEpoch"]);
    const { t0, tMult = 1, etaMin = 0, lastEpoch = -1 } = options;
    checkNumber(owner, "etaMin", etaMin, Number.NEGATIVE_INFINITY);
    for (const [name, value] of Object.entries({ t0, tMult }))
      if (!Number.isInteger(value) || value < 1)
        throw new MisconfigurationError({
          message: `${owner}'s ${name} is not usable.`,
          expected: "a whole number of at least 1",
          received: String(value),
        });
    const position: Position = { tCur: lastEpoch, tI: t0 };
    const count = optimizer.paramGroups.length;
    const schedule: Schedule = {
      settings: { schedule: owner, t0, tMult, etaMin },
      next: ({ baseLr, group, groupIndex }) =>
        groupIndex < count
          ? etaMin + ((baseLr - etaMin) * (1 + Math.cos((Math.PI * position.tCur) / position.tI))) / 2
          : group.lr, // added later: the rate that it began with is not known
    };
    advance(position, tMult);
    super(optimizer, schedule, lastEpoch);
    refuseMore("CosineAnnealingWarmRestarts", more);
    this.#position = position;
    this.#t0 = t0;
    this.#tMult = tMult;
  }

  /** @param epoch goes to this step, which may lie between two. @default the next one */
  override step(epoch?: number): void {
    rememberSchedule(this);
    const target = epoch ?? (this.lastEpoch < 0 ? 0 : undefined);
    if (target !== undefined) {
      checkNumber("CosineAnnealingWarmRestarts", "epoch", target);
      Object.assign(this.#position, this.#positionAt(target));
      this.moveTo(Math.floor(target));
      return;
    }
    advance(this.#position, this.#tMult);
    this.moveTo(this.lastEpoch + 1);
  }

  override restart(): void {
    Object.assign(this.#position, { tCur: 0, tI: this.#t0 });
    super.restart();
  }

  override stateDict(): CosineAnnealingWarmRestartsState {
    return { ...super.stateDict(), ...this.#position };
  }

  override loadStateDict(state: LRSchedulerState & Partial<Position>): void {
    const { tCur, tI } = readSchedulerState(
      "CosineAnnealingWarmRestarts",
      state,
      "version 1 with tCur of at least 0 and tI above 0",
      { tCur: isAmount, tI: (value): value is number => isAmount(value) && value > 0 },
    );
    super.loadStateDict(state);
    Object.assign(this.#position, { tCur, tI });
  }

  #positionAt(epoch: number): Position {
    const [t0, tMult] = [this.#t0, this.#tMult];
    if (epoch < t0) return { tCur: epoch, tI: t0 };
    if (tMult === 1) return { tCur: epoch % t0, tI: this.#position.tI };
    const restarts = Math.trunc(Math.log((epoch / t0) * (tMult - 1) + 1) / Math.log(tMult));
    return { tCur: epoch - (t0 * (tMult ** restarts - 1)) / (tMult - 1), tI: t0 * tMult ** restarts };
  }
}

/** One step on; at the end of a period the next one begins. */
function advance(position: Position, tMult: number): void {
  position.tCur += 1;
  if (position.tCur < position.tI) return;
  position.tCur %= position.tI;
  position.tI *= tMult;
}
