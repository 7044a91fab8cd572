import { requireOptimizer } from "./require-optimizer.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { describeValue } from "../../errors/describe-value.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { checkNumber } from "../check-number.js";
import type { Optimizer } from "../optimizer.js";
import { LRScheduler, type ScheduleMoment, type ScheduleStart } from "./lr-scheduler.js";
import { perGroup, setMomentum } from "./per-group.js";

export interface OneCycleLROptions extends ScheduleStart {
  /** The highest learning rate; one for all groups, or one each. */
  readonly maxLr: number | readonly number[];
  /** Steps of the whole cycle; or give `epochs` and `stepsPerEpoch`. */
  readonly totalSteps?: number | undefined;
  readonly epochs?: number | undefined;
  readonly stepsPerEpoch?: number | undefined;
  /** Share of the steps in which the rate rises. @default 0.3 */
  readonly pctStart?: number | undefined;
  /** @default "cos" */
  readonly annealStrategy?: "cos" | "linear" | undefined;
  /** Move the momentum (for Adam the first beta) against the rate. @default true */
  readonly cycleMomentum?: boolean | undefined;
  /** @default 0.85 */
  readonly baseMomentum?: number | undefined;
  /** @default 0.95 */
  readonly maxMomentum?: number | undefined;
  /** The initial rate is `maxLr / divFactor`. @default 25 */
  readonly divFactor?: number | undefined;
  /** The last rate is the initial one divided by this. @default 10000 */
  readonly finalDivFactor?: number | undefined;
  /** Come back to the initial rate before going down to the last one. @default false */
  readonly threePhase?: boolean | undefined;
}

const KNOWN = [
  "maxLr",
  "totalSteps",
  "epochs",
  "stepsPerEpoch",
  "pctStart",
  "annealStrategy",
  "cycleMomentum",
  "baseMomentum",
  "maxMomentum",
  "divFactor",
  "finalDivFactor",
  "threePhase",
  "lastEpoch",
];

/** For whoever compares what was asked for. */
const DEFAULTS = {
  ...{ pctStart: 0.3, annealStrategy: "cos", cycleMomentum: true, baseMomentum: 0.85, maxMomentum: 0.95 },
  ...{ divFactor: 25, finalDivFactor: 1e4, threePhase: false },
};

/** Learning rates of a group at the corners of the cycle. */
interface Corners {
  readonly initial: number;
  readonly max: number;
  readonly min: number;
}

interface Phase {
  readonly endStep: number;
  readonly lr: readonly [keyof Corners, keyof Corners];
  readonly momentum: readonly [start: number, end: number];
}

/**
 * One cycle up and down, stepped after every batch (Smith and Topin, 2019). Stepping further than the cycle throws.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const optimizer = new optim.SGD(new nn.Linear(4, 1).parameters(), { lr: 0.1 });
 * const options = { maxLr: 0.1, totalSteps: 10, pctStart: 0.5, cycleMomentum: false };
 * const scheduler = new optim.lrScheduler.OneCycleLR(optimizer, options);
 * for (let epoch = 0; epoch < 4; epoch += 1) scheduler.step();
 * console.log(scheduler.getLastLr()); // [0.1], the highest rate
 * ```
 */
export class OneCycleLR extends LRScheduler {
  constructor(optimizer: Optimizer, options: OneCycleLROptions, ...more: readonly never[]) {
    requireOptimizer("OneCycleLR", optimizer);
    rejectUnknownOptions("OneCycleLR", options, KNOWN);
    const totalSteps = totalStepsOf(options);
    const phases = phasesOf(options, totalSteps);
    const corners = cornersOf(optimizer, options);
    const anneal = options.annealStrategy === "linear" ? annealLinear : annealCosine;
    const { cycleMomentum = true, maxMomentum = 0.95, lastEpoch = -1 } = options;
    if (lastEpoch === -1)
      for (const [i, group] of optimizer.paramGroups.entries()) {
        if (cycleMomentum) setMomentum("OneCycleLR", group, maxMomentum);
        group.initialLr = corners[i]?.initial ?? group.lr;
      }
    const { epochs: _, stepsPerEpoch: __, lastEpoch: ___, ...settings } = options;
    const schedule = {
      settings: { schedule: "OneCycleLR", ...DEFAULTS, ...settings, totalSteps },
      next: ({ epoch, group, groupIndex }: ScheduleMoment) => {
        if (epoch > totalSteps)
          throw new MisconfigurationError({
            message: "OneCycleLR has come to its end.",
            expected: `at most ${totalSteps} steps`,
            received: `step ${epoch}`,
            tryThis:
              'a larger totalSteps; under a Trainer, await this.trainer.estimatedSteppingBatches(), with interval: "step".',
          });
        const { phase, progress } = positionAt(phases, epoch);
        if (cycleMomentum) setMomentum("OneCycleLR", group, anneal(...phase.momentum, progress));
        const rates = corners[groupIndex];
        return rates === undefined ? group.lr : anneal(rates[phase.lr[0]], rates[phase.lr[1]], progress);
      },
    };
    super(optimizer, schedule, lastEpoch);
    refuseMore("OneCycleLR", more);
  }
}

function positionAt(phases: readonly Phase[], step: number): { phase: Phase; progress: number } {
  let startStep = 0;
  for (const [index, phase] of phases.entries()) {
    if (step <= phase.endStep || index === phases.length - 1)
      return { phase, progress: (step - startStep) / (phase.endStep - startStep) };
    startStep = phase.endStep;
  }
  throw new RangeError("a cycle without phases");
}

function phasesOf(
  { pctStart = 0.3, threePhase = false, baseMomentum = 0.85, maxMomentum = 0.95 }: OneCycleLROptions,
  totalSteps: number,
): readonly Phase[] {
  checkNumber("OneCycleLR", "pctStart", pctStart, 0, 1 + Number.EPSILON);
  const up: Phase = {
    endStep: pctStart * totalSteps - 1,
    lr: ["initial", "max"],
    momentum: [maxMomentum, baseMomentum],
  };
  if (!threePhase) return [up, { endStep: totalSteps - 1, lr: ["max", "min"], momentum: [baseMomentum, maxMomentum] }];
  return [
    up,
    { endStep: 2 * pctStart * totalSteps - 2, lr: ["max", "initial"], momentum: [baseMomentum, maxMomentum] },
    { endStep: totalSteps - 1, lr: ["initial", "min"], momentum: [maxMomentum, maxMomentum] },
  ];
}

function cornersOf(
  optimizer: Optimizer,
  { maxLr, divFactor = 25, finalDivFactor = 1e4 }: OneCycleLROptions,
): readonly Corners[] {
  const rates = perGroup("OneCycleLR", "maxLr", optimizer, maxLr);
  return rates.map((max) => ({ initial: max / divFactor, max, min: max / divFactor / finalDivFactor }));
}

function totalStepsOf({ totalSteps, epochs, stepsPerEpoch }: OneCycleLROptions): number {
  const total = totalSteps ?? (epochs ?? Number.NaN) * (stepsPerEpoch ?? Number.NaN);
  if (Number.isInteger(total) && total > 0) return total;
  throw new MisconfigurationError({
    message: "OneCycleLR needs to know how long the cycle is.",
    expected: "totalSteps, or epochs and stepsPerEpoch, as positive integers",
    received: `totalSteps ${describeValue(totalSteps)}, epochs ${describeValue(epochs)}, stepsPerEpoch ${describeValue(stepsPerEpoch)}`,
    tryThis:
      "the number of optimizer steps of the whole training; under a Trainer, await this.trainer.estimatedSteppingBatches() in an async configureOptimizers.",
  });
}

function annealCosine(start: number, end: number, progress: number): number {
  return end + ((start - end) / 2) * (Math.cos(Math.PI * progress) + 1);
}

function annealLinear(start: number, end: number, progress: number): number {
  return (end - start) * progress + start;
}
