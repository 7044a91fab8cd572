import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { checkNumber } from "../check-number.js";
import type { Optimizer } from "../optimizer.js";
import { LRScheduler } from "./lr-scheduler.js";

export interface StepLROptions {
  /** Steps between two changes. */
  readonly stepSize: number;
  /** Factor of each change. @default 0.1 */
  readonly gamma?: number | undefined;
}

/** Multiplies the learning rate by `gamma` every `stepSize` steps. */
export class StepLR extends LRScheduler {
  constructor(optimizer: Optimizer, options: StepLROptions) {
    rejectUnknownOptions("StepLR", options, ["stepSize", "gamma"]);
    const { stepSize, gamma = 0.1 } = options;
    checkNumber("StepLR", "stepSize", stepSize, 1);
    checkNumber("StepLR", "gamma", gamma);
    super(optimizer, {
      next: ({ epoch, group }) => (epoch === 0 || epoch % stepSize !== 0 ? group.lr : group.lr * gamma),
      at: ({ epoch, baseLr }) => baseLr * gamma ** Math.floor(epoch / stepSize),
    });
  }
}

export interface MultiStepLROptions {
  /** Steps after which the rate changes. */
  readonly milestones: readonly number[];
  /** Factor of each change. @default 0.1 */
  readonly gamma?: number | undefined;
}

/** Multiplies the learning rate by `gamma` at each milestone. */
export class MultiStepLR extends LRScheduler {
  constructor(optimizer: Optimizer, options: MultiStepLROptions) {
    rejectUnknownOptions("MultiStepLR", options, ["milestones", "gamma"]);
    const { milestones, gamma = 0.1 } = options;
    for (const milestone of milestones) checkNumber("MultiStepLR", "milestones", milestone);
    checkNumber("MultiStepLR", "gamma", gamma);
    super(optimizer, {
      next: ({ epoch, group }) => group.lr * gamma ** milestones.filter((milestone) => milestone === epoch).length,
      at: ({ epoch, baseLr }) => baseLr * gamma ** milestones.filter((milestone) => milestone <= epoch).length,
    });
  }
}
