import { requireOptimizer } from "../lr-scheduler/require-optimizer.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { LRScheduler, type Schedule, type ScheduleStart } from "../lr-scheduler/lr-scheduler.js";
import { perGroup } from "../lr-scheduler/per-group.js";
import type { Optimizer } from "../optimizer.js";

export interface SWALROptions extends ScheduleStart {
  /** The rate to end at and stay; one for all groups, or one each. */
  readonly swaLr: number | readonly number[];
  /** Steps until then. @default 10 */
  readonly annealEpochs?: number | undefined;
  /** @default "cos" */
  readonly annealStrategy?: "cos" | "linear" | undefined;
}

/**
 * Anneals each group's rate to a fixed one, at which weights are averaged (Izmailov et al., 2018).
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 * const optimizer = new optim.SGD(new nn.Linear(4, 1).parameters(), { lr: 0.1 });
 * const scheduler = new optim.swaUtils.SWALR(optimizer, { swaLr: 0.05, annealEpochs: 2 });
 * for (let epoch = 0; epoch < 2; epoch += 1) scheduler.step();
 * console.log(scheduler.getLastLr()); // [0.05]
 * ```
 */
export class SWALR extends LRScheduler {
  constructor(optimizer: Optimizer, options: SWALROptions, ...more: readonly never[]) {
    requireOptimizer("SWALR", optimizer);
    rejectUnknownOptions("SWALR", options, ["swaLr", "annealEpochs", "annealStrategy", "lastEpoch"]);
    const { swaLr, annealEpochs = 10, annealStrategy = "cos", lastEpoch = -1 } = options;
    if (!Number.isInteger(annealEpochs) || annealEpochs < 0 || !["cos", "linear"].includes(annealStrategy))
      throw new MisconfigurationError({
        message: "SWALR cannot anneal like this.",
        expected: 'annealEpochs: a whole number of at least 0, annealStrategy: "cos" or "linear"',
        received: `${annealEpochs} and ${annealStrategy}`,
      });
    const rates = perGroup("SWALR", "swaLr", optimizer, swaLr);
    for (const [i, group] of optimizer.paramGroups.entries()) group.swaLr = rates[i] ?? group.lr;
    const share = (step: number): number => {
      const progress = Math.max(0, Math.min(1, step / Math.max(1, annealEpochs)));
      return annealStrategy === "cos" ? (1 - Math.cos(Math.PI * progress)) / 2 : progress;
    };
    const schedule: Schedule = {
      settings: { schedule: "SWALR", swaLr: rates, annealEpochs, annealStrategy },
      next: ({ epoch, group }) => {
        // PyTorch counts from where this scheduler was made, wherever training goes on from.
        const count = epoch - lastEpoch - 1;
        const step = annealEpochs === 0 ? Math.max(1, count) : count;
        const [target, before, after] = [group.swaLr ?? group.lr, share(step - 1), share(step)];
        const initial = before === 1 ? target : (group.lr - before * target) / (1 - before);
        return target * after + initial * (1 - after);
      },
    };
    super(optimizer, schedule, lastEpoch);
    refuseMore("SWALR", more);
  }
}
