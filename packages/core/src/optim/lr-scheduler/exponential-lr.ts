import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { checkNumber } from "../check-number.js";
import type { Optimizer } from "../optimizer.js";
import { LRScheduler } from "./lr-scheduler.js";

export interface ExponentialLROptions {
  readonly gamma: number;
}

/** Multiplies the learning rate by `gamma` at every step. */
export class ExponentialLR extends LRScheduler {
  constructor(optimizer: Optimizer, options: ExponentialLROptions) {
    rejectUnknownOptions("ExponentialLR", options, ["gamma"]);
    const { gamma } = options;
    checkNumber("ExponentialLR", "gamma", gamma);
    super(optimizer, {
      next: ({ group, isInitial }) => (isInitial ? group.lr : group.lr * gamma),
      at: ({ epoch, baseLr }) => baseLr * gamma ** epoch,
    });
  }
}
