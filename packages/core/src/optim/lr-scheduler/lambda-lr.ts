import { requireOptimizer } from "./require-optimizer.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import type { Optimizer } from "../optimizer.js";
import { LRScheduler, type ScheduleStart } from "./lr-scheduler.js";
import { refusePromise } from "../../tree/refuse-promise.js";

type Lambda = (epoch: number) => number;

export interface LambdaLROptions extends ScheduleStart {
  /**
   * The factor at each step; one function, or one for each group. It is not part of the
   * state.
   */
  readonly lrLambda: Lambda | readonly Lambda[];
}

/**
 * The initial learning rate times what a function of the step says.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const optimizer = new optim.SGD(new nn.Linear(4, 1).parameters(), { lr: 0.1 });
 * const scheduler = new optim.lrScheduler.LambdaLR(optimizer, { lrLambda: (epoch) => 1 / (1 + epoch) });
 * for (let epoch = 0; epoch < 1; epoch += 1) scheduler.step();
 * console.log(scheduler.getLastLr()); // [0.05]
 * ```
 */
export class LambdaLR extends LRScheduler {
  constructor(optimizer: Optimizer, options: LambdaLROptions, ...more: readonly never[]) {
    requireOptimizer("LambdaLR", optimizer);
    rejectUnknownOptions("LambdaLR", options, ["lrLambda", "lastEpoch"]);
    const lambdas = lambdasOf("LambdaLR", optimizer, options);
    super(
      optimizer,
      {
        settings: { schedule: "LambdaLR" },
        next: ({ baseLr, epoch, groupIndex }) =>
          baseLr * refusePromise(lambdas[groupIndex]?.(epoch) ?? 1, "The lrLambda of LambdaLR"),
      },
      options.lastEpoch,
    );
    refuseMore("LambdaLR", more);
  }
}

/**
 * The rate before times what a function of the step says.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 * const optimizer = new optim.SGD(new nn.Linear(4, 1).parameters(), { lr: 0.1 });
 * const scheduler = new optim.lrScheduler.MultiplicativeLR(optimizer, { lrLambda: () => 0.5 });
 * for (let epoch = 0; epoch < 2; epoch += 1) scheduler.step();
 * console.log(scheduler.getLastLr()); // [0.025]
 * ```
 */
export class MultiplicativeLR extends LRScheduler {
  constructor(optimizer: Optimizer, options: LambdaLROptions, ...more: readonly never[]) {
    requireOptimizer("MultiplicativeLR", optimizer);
    rejectUnknownOptions("MultiplicativeLR", options, ["lrLambda", "lastEpoch"]);
    const lambdas = lambdasOf("MultiplicativeLR", optimizer, options);
    super(
      optimizer,
      {
        settings: { schedule: "MultiplicativeLR" },
        next: ({ group, epoch, groupIndex, isInitial }) =>
          isInitial
            ? group.lr
            : group.lr * refusePromise(lambdas[groupIndex]?.(epoch) ?? 1, "The lrLambda of MultiplicativeLR"),
      },
      options.lastEpoch,
    );
    refuseMore("MultiplicativeLR", more);
  }
}

function lambdasOf(owner: string, { paramGroups }: Optimizer, { lrLambda }: LambdaLROptions): readonly Lambda[] {
  const lambdas = typeof lrLambda === "function" ? paramGroups.map(() => lrLambda) : lrLambda;
  if (lambdas.length === paramGroups.length) return lambdas;
  throw new MisconfigurationError({
    message: `${owner} has not one function for each parameter group.`,
    expected: `${paramGroups.length} functions, or a single one`,
    received: `${lambdas.length}`,
  });
}
