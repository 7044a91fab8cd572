import { requireOptimizer } from "./require-optimizer.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { checkNumber } from "../check-number.js";
import type { Optimizer } from "../optimizer.js";
import { LRScheduler, type ScheduleStart } from "./lr-scheduler.js";

export interface ExponentialLROptions extends ScheduleStart {
  readonly gamma: number;
}

/**
 * Multiplies the learning rate by `gamma` at every step.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const optimizer = new optim.SGD(new nn.Linear(4, 1).parameters(), { lr: 0.1 });
 * const scheduler = new optim.lrScheduler.ExponentialLR(optimizer, { gamma: 0.5 });
 * for (let epoch = 0; epoch < 2; epoch += 1) scheduler.step();
 * console.log(scheduler.getLastLr()); // [0.025]
 * ```
 */
export class ExponentialLR extends LRScheduler {
  constructor(optimizer: Optimizer, options: ExponentialLROptions, ...more: readonly never[]) {
    requireOptimizer("ExponentialLR", optimizer);
    rejectUnknownOptions("ExponentialLR", options, ["gamma", "lastEpoch"]);
    const { gamma } = options;
    checkNumber("ExponentialLR", "gamma", gamma);
    super(
      optimizer,
      {
        settings: { schedule: "ExponentialLR", gamma },
        next: ({ group, isInitial }) => (isInitial ? group.lr : group.lr * gamma),
        at: ({ epoch, baseLr }) => baseLr * gamma ** epoch,
      },
      options.lastEpoch,
    );
    refuseMore("ExponentialLR", more);
  }
}
