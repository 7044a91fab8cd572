import { requireOptimizer } from "./require-optimizer.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { checkNumber } from "../check-number.js";
import type { Optimizer } from "../optimizer.js";
import { LRScheduler, type ScheduleStart } from "./lr-scheduler.js";

export interface PolynomialLROptions extends ScheduleStart {
  /** Steps until the rate is 0. @default 5 */
  readonly totalIters?: number | undefined;
  /** @default 1 */
  readonly power?: number | undefined;
}

/**
 * From the initial rate to 0 in `totalIters` steps, along a power of the steps that are left.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 * const optimizer = new optim.SGD(new nn.Linear(4, 1).parameters(), { lr: 0.1 });
 * const scheduler = new optim.lrScheduler.PolynomialLR(optimizer, { totalIters: 4, power: 1 });
 * for (let epoch = 0; epoch < 2; epoch += 1) scheduler.step();
 * console.log(scheduler.getLastLr()); // [0.05]
 * ```
 */
export class PolynomialLR extends LRScheduler {
  constructor(optimizer: Optimizer, options: PolynomialLROptions = {}, ...more: readonly never[]) {
    requireOptimizer("PolynomialLR", optimizer);
    rejectUnknownOptions("PolynomialLR", options, ["totalIters", "power", "lastEpoch"]);
    const { totalIters = 5, power = 1 } = options;
    checkNumber("PolynomialLR", "totalIters", totalIters, 1);
    checkNumber("PolynomialLR", "power", power);
    super(
      optimizer,
      {
        settings: { schedule: "PolynomialLR", totalIters, power },
        next: ({ epoch, group, isInitial }) =>
          isInitial || epoch > totalIters
            ? group.lr
            : group.lr * ((1 - epoch / totalIters) / (1 - (epoch - 1) / totalIters)) ** power,
        at: ({ epoch, baseLr }) => baseLr * (1 - Math.min(totalIters, epoch) / totalIters) ** power,
      },
      options.lastEpoch,
    );
    refuseMore("PolynomialLR", more);
  }
}
