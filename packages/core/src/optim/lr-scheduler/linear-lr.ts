import { requireOptimizer } from "./require-optimizer.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { checkNumber } from "../check-number.js";
import type { Optimizer } from "../optimizer.js";
import { LRScheduler, type ScheduleStart } from "./lr-scheduler.js";

export interface ConstantLROptions extends ScheduleStart {
  /** Above 0, at most 1. @default 1/3 */
  readonly factor?: number | undefined;
  /** Steps until the full rate. @default 5 */
  readonly totalIters?: number | undefined;
}

/**
 * A smaller learning rate (times `factor`) for the first `totalIters` steps.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const optimizer = new optim.SGD(new nn.Linear(4, 1).parameters(), { lr: 0.1 });
 * const scheduler = new optim.lrScheduler.ConstantLR(optimizer, { factor: 0.1, totalIters: 2 });
 * for (let epoch = 0; epoch < 2; epoch += 1) scheduler.step();
 * console.log(scheduler.getLastLr()); // [0.1]
 * ```
 */
export class ConstantLR extends LRScheduler {
  constructor(optimizer: Optimizer, options: ConstantLROptions = {}, ...more: readonly never[]) {
    requireOptimizer("ConstantLR", optimizer);
    rejectUnknownOptions("ConstantLR", options, ["factor", "totalIters", "lastEpoch"]);
    const { factor = 1 / 3, totalIters = 5 } = options;
    checkFactor("ConstantLR", "factor", factor, Number.MIN_VALUE);
    checkNumber("ConstantLR", "totalIters", totalIters);
    super(
      optimizer,
      {
        settings: { schedule: "ConstantLR", factor, totalIters },
        next: ({ epoch, group }) =>
          epoch === 0 ? group.lr * factor : epoch === totalIters ? group.lr * (1 / factor) : group.lr,
        at: ({ epoch, baseLr }) => baseLr * (epoch >= totalIters ? 1 : factor),
      },
      options.lastEpoch,
    );
    refuseMore("ConstantLR", more);
  }
}

export interface LinearLROptions extends ScheduleStart {
  /** Above 0, at most 1. @default 1/3 */
  readonly startFactor?: number | undefined;
  /** 0 … 1. @default 1 */
  readonly endFactor?: number | undefined;
  /** Steps from the one to the other. @default 5 */
  readonly totalIters?: number | undefined;
}

/**
 * Changes the learning rate's factor linearly from `startFactor` to `endFactor`: a warm-up, for example.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const optimizer = new optim.SGD(new nn.Linear(4, 1).parameters(), { lr: 0.1 });
 * const scheduler = new optim.lrScheduler.LinearLR(optimizer, { startFactor: 0.1, totalIters: 10 });
 * for (let epoch = 0; epoch < 10; epoch += 1) scheduler.step();
 * console.log(scheduler.getLastLr()); // [0.1], after the warm-up
 * ```
 */
export class LinearLR extends LRScheduler {
  constructor(optimizer: Optimizer, options: LinearLROptions = {}, ...more: readonly never[]) {
    requireOptimizer("LinearLR", optimizer);
    rejectUnknownOptions("LinearLR", options, ["startFactor", "endFactor", "totalIters", "lastEpoch"]);
    const { startFactor = 1 / 3, endFactor = 1, totalIters = 5 } = options;
    checkFactor("LinearLR", "startFactor", startFactor, Number.MIN_VALUE);
    checkFactor("LinearLR", "endFactor", endFactor, 0);
    checkNumber("LinearLR", "totalIters", totalIters, 1);
    const slope = endFactor - startFactor;
    super(
      optimizer,
      {
        settings: { schedule: "LinearLR", startFactor, endFactor, totalIters },
        next: ({ epoch, group, isInitial }) => {
          if (epoch === 0) return group.lr * startFactor;
          return isInitial || epoch > totalIters
            ? group.lr
            : group.lr * (1 + slope / (totalIters * startFactor + (epoch - 1) * slope));
        },
        at: ({ epoch, baseLr }) => baseLr * (startFactor + (slope * Math.min(totalIters, epoch)) / totalIters),
      },
      options.lastEpoch,
    );
    refuseMore("LinearLR", more);
  }
}

function checkFactor(owner: string, name: string, value: number, minimum: number): void {
  checkNumber(owner, name, value, minimum, 1 + Number.EPSILON);
}
