import { requireOptimizer } from "./require-optimizer.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { checkNumber } from "../check-number.js";
import type { Optimizer } from "../optimizer.js";
import { LRScheduler, type ScheduleStart } from "./lr-scheduler.js";

export interface CosineAnnealingLROptions extends ScheduleStart {
  /** Steps of half a period. */
  readonly tMax: number;
  /** The smallest learning rate. @default 0 */
  readonly etaMin?: number | undefined;
}

/**
 * Half a cosine from the initial learning rate to `etaMin` in `tMax` steps, and back again (Loshchilov and Hutter,
 * 2017; no restarts).
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const optimizer = new optim.SGD(new nn.Linear(4, 1).parameters(), { lr: 0.1 });
 * const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, { tMax: 10 });
 * for (let epoch = 0; epoch < 5; epoch += 1) scheduler.step();
 * console.log(scheduler.getLastLr()); // [0.05], in the middle of the way down
 * ```
 */
export class CosineAnnealingLR extends LRScheduler {
  constructor(optimizer: Optimizer, options: CosineAnnealingLROptions, ...more: readonly never[]) {
    requireOptimizer("CosineAnnealingLR", optimizer);
    rejectUnknownOptions("CosineAnnealingLR", options, ["tMax", "etaMin", "lastEpoch"]);
    const { tMax, etaMin = 0 } = options;
    checkNumber("CosineAnnealingLR", "tMax", tMax, 1);
    checkNumber("CosineAnnealingLR", "etaMin", etaMin);
    const height = (epoch: number): number => 1 + Math.cos((Math.PI * epoch) / tMax);
    super(
      optimizer,
      {
        settings: { schedule: "CosineAnnealingLR", tMax, etaMin },
        next: ({ epoch, baseLr, group, isInitial }) => {
          if (isInitial) return group.lr;
          if ((epoch - 1 - tMax) % (2 * tMax) === 0)
            return group.lr + ((baseLr - etaMin) * (1 - Math.cos(Math.PI / tMax))) / 2;
          return (height(epoch) / height(epoch - 1)) * (group.lr - etaMin) + etaMin;
        },
        at: ({ epoch, baseLr }) => etaMin + ((baseLr - etaMin) * height(epoch)) / 2,
      },
      options.lastEpoch,
    );
    refuseMore("CosineAnnealingLR", more);
  }
}
