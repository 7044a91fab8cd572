import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import type { Optimizer } from "../optimizer.js";
import { LRScheduler } from "./lr-scheduler.js";
import { refusePromise } from "../../tree/refuse-promise.js";

type Lambda = (epoch: number) => number;

export interface LambdaLROptions {
  /**
   * The factor of the initial learning rate at each step; one function, or one for each group. It is not part of the
   * state.
   */
  readonly lrLambda: Lambda | readonly Lambda[];
}

/** The initial learning rate times what a function of the step says. */
export class LambdaLR extends LRScheduler {
  constructor(optimizer: Optimizer, options: LambdaLROptions) {
    rejectUnknownOptions("LambdaLR", options, ["lrLambda"]);
    const { lrLambda } = options;
    const lambdas = typeof lrLambda === "function" ? optimizer.paramGroups.map(() => lrLambda) : lrLambda;
    if (lambdas.length !== optimizer.paramGroups.length) {
      throw new MisconfigurationError({
        message: "LambdaLR has not one function for each parameter group.",
        expected: `${optimizer.paramGroups.length} functions, or a single one`,
        received: `${lambdas.length}`,
      });
    }
    super(optimizer, {
      next: ({ baseLr, epoch, groupIndex }) =>
        baseLr * refusePromise(lambdas[groupIndex]?.(epoch) ?? 1, "The lrLambda of LambdaLR"),
    });
  }
}
