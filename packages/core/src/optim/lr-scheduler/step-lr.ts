import { requireList, requireOptimizer } from "./require-optimizer.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { checkNumber } from "../check-number.js";
import type { Optimizer } from "../optimizer.js";
import { LRScheduler, type ScheduleStart } from "./lr-scheduler.js";

export interface StepLROptions extends ScheduleStart {
  /** Steps between two changes. */
  readonly stepSize: number;
  /** Factor of each change. @default 0.1 */
  readonly gamma?: number | undefined;
}

/**
 * Multiplies the learning rate by `gamma` every `stepSize` steps.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const optimizer = new optim.SGD(new nn.Linear(4, 1).parameters(), { lr: 0.1 });
 * const scheduler = new optim.lrScheduler.StepLR(optimizer, { stepSize: 2, gamma: 0.1 });
 * for (let epoch = 0; epoch < 2; epoch += 1) scheduler.step();
 * console.log(scheduler.getLastLr()); // [0.01]
 * ```
 */
export class StepLR extends LRScheduler {
  constructor(optimizer: Optimizer, options: StepLROptions, ...more: readonly never[]) {
    requireOptimizer("StepLR", optimizer);
    rejectUnknownOptions("StepLR", options, ["stepSize", "gamma", "lastEpoch"]);
    const { stepSize, gamma = 0.1 } = options;
    checkNumber("StepLR", "stepSize", stepSize, 1);
    checkNumber("StepLR", "gamma", gamma);
    super(
      optimizer,
      {
        settings: { schedule: "StepLR", stepSize, gamma },
        next: ({ epoch, group }) => (epoch === 0 || epoch % stepSize !== 0 ? group.lr : group.lr * gamma),
        at: ({ epoch, baseLr }) => baseLr * gamma ** Math.floor(epoch / stepSize),
      },
      options.lastEpoch,
    );
    refuseMore("StepLR", more);
  }
}

export interface MultiStepLROptions extends ScheduleStart {
  /** Steps after which the rate changes. */
  readonly milestones: readonly number[];
  /** Factor of each change. @default 0.1 */
  readonly gamma?: number | undefined;
}

/**
 * Multiplies the learning rate by `gamma` at each milestone.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const optimizer = new optim.SGD(new nn.Linear(4, 1).parameters(), { lr: 0.1 });
 * const scheduler = new optim.lrScheduler.MultiStepLR(optimizer, { milestones: [2, 4], gamma: 0.1 });
 * for (let epoch = 0; epoch < 3; epoch += 1) scheduler.step();
 * console.log(scheduler.getLastLr()); // [0.01]
 * ```
 */
export class MultiStepLR extends LRScheduler {
  constructor(optimizer: Optimizer, options: MultiStepLROptions, ...more: readonly never[]) {
    requireOptimizer("MultiStepLR", optimizer);
    rejectUnknownOptions("MultiStepLR", options, ["milestones", "gamma", "lastEpoch"]);
    const { milestones, gamma = 0.1 } = options;
    requireList("MultiStepLR", "milestones", milestones);
    for (const milestone of milestones) checkNumber("MultiStepLR", "milestones", milestone);
    checkNumber("MultiStepLR", "gamma", gamma);
    super(
      optimizer,
      {
        settings: { schedule: "MultiStepLR", milestones, gamma },
        next: ({ epoch, group }) => group.lr * gamma ** milestones.filter((milestone) => milestone === epoch).length,
        at: ({ epoch, baseLr }) => baseLr * gamma ** milestones.filter((milestone) => milestone <= epoch).length,
      },
      options.lastEpoch,
    );
    refuseMore("MultiStepLR", more);
  }
}
