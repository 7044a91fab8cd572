import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { checkNumber } from "../check-number.js";
import type { Optimizer } from "../optimizer.js";
import { LRScheduler } from "./lr-scheduler.js";

export interface CosineAnnealingLROptions {
  /** Steps of half a period. */
  readonly tMax: number;
  /** The smallest learning rate. @default 0 */
  readonly etaMin?: number | undefined;
}

/**
 * Half a cosine from the initial learning rate to `etaMin` in `tMax` steps, and back again (Loshchilov and Hutter,
 * 2017; no restarts).
 */
export class CosineAnnealingLR extends LRScheduler {
  constructor(optimizer: Optimizer, options: CosineAnnealingLROptions) {
    rejectUnknownOptions("CosineAnnealingLR", options, ["tMax", "etaMin"]);
    const { tMax, etaMin = 0 } = options;
    checkNumber("CosineAnnealingLR", "tMax", tMax, 1);
    checkNumber("CosineAnnealingLR", "etaMin", etaMin);
    const height = (epoch: number): number => 1 + Math.cos((Math.PI * epoch) / tMax);
    super(optimizer, {
      next: ({ epoch, baseLr, group, isInitial }) => {
        if (isInitial) return group.lr;
        if ((epoch - 1 - tMax) % (2 * tMax) === 0)
          return group.lr + ((baseLr - etaMin) * (1 - Math.cos(Math.PI / tMax))) / 2;
        return (height(epoch) / height(epoch - 1)) * (group.lr - etaMin) + etaMin;
      },
      at: ({ epoch, baseLr }) => etaMin + ((baseLr - etaMin) * height(epoch)) / 2,
    });
  }
}
