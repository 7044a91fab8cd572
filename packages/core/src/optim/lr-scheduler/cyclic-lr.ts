import { requireOptimizer } from "./require-optimizer.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { checkNumber } from "../check-number.js";
import type { Optimizer } from "../optimizer.js";
import { LRScheduler, type Schedule, type ScheduleStart } from "./lr-scheduler.js";
import { perGroup, setMomentum } from "./per-group.js";

export interface CyclicLROptions extends ScheduleStart {
  /** The lowest rate, where each cycle begins; one for all groups, or one each. */
  readonly baseLr: number | readonly number[];
  /** The highest rate of the first cycle. */
  readonly maxLr: number | readonly number[];
  /** Steps up. @default 2000 */
  readonly stepSizeUp?: number | undefined;
  /** Steps down. @default as many as up */
  readonly stepSizeDown?: number | undefined;
  /** Whether the height stays, halves each cycle, or is multiplied by `gamma` at each step. @default "triangular" */
  readonly mode?: "triangular" | "triangular2" | "exp_range" | undefined;
  /** @default 1 */
  readonly gamma?: number | undefined;
  /** The factor of the height instead of `mode`'s, of the cycle from 1 or of the step. It is not part of the state. */
  readonly scaleFn?: ((count: number) => number) | undefined;
  /** What `scaleFn` gets. @default "cycle" */
  readonly scaleMode?: "cycle" | "iterations" | undefined;
  /** Move the momentum (for Adam the first beta) against the rate. @default true */
  readonly cycleMomentum?: boolean | undefined;
  /** @default 0.8 */
  readonly baseMomentum?: number | readonly number[] | undefined;
  /** @default 0.9 */
  readonly maxMomentum?: number | readonly number[] | undefined;
}

const KNOWN = [
  ...["baseLr", "maxLr", "stepSizeUp", "stepSizeDown", "mode", "gamma", "scaleFn", "scaleMode"],
  ...["cycleMomentum", "baseMomentum", "maxMomentum", "lastEpoch"],
];
/** For whoever compares what was asked for. */
const DEFAULTS = { mode: "triangular", gamma: 1, cycleMomentum: true, baseMomentum: 0.8, maxMomentum: 0.9 };
const MODES: readonly unknown[] = ["triangular", "triangular2", "exp_range"];

/**
 * Goes up and down between two rates, stepped after every batch (Smith, 2017).
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 * const optimizer = new optim.SGD(new nn.Linear(4, 1).parameters(), { lr: 0.1 });
 * const options = { baseLr: 0.01, maxLr: 0.1, stepSizeUp: 4, cycleMomentum: false };
 * const scheduler = new optim.lrScheduler.CyclicLR(optimizer, options);
 * for (let epoch = 0; epoch < 4; epoch += 1) scheduler.step();
 * console.log(scheduler.getLastLr()); // [0.1], the highest rate
 * ```
 */
export class CyclicLR extends LRScheduler {
  constructor(optimizer: Optimizer, options: CyclicLROptions, ...more: readonly never[]) {
    requireOptimizer("CyclicLR", optimizer);
    rejectUnknownOptions("CyclicLR", options, KNOWN);
    const { stepSizeUp = 2000, stepSizeDown = stepSizeUp, cycleMomentum = true, lastEpoch = -1 } = options;
    checkNumber("CyclicLR", "stepSizeUp", stepSizeUp, Number.MIN_VALUE);
    checkNumber("CyclicLR", "stepSizeDown", stepSizeDown, Number.MIN_VALUE);
    const baseLrs = perGroup("CyclicLR", "baseLr", optimizer, options.baseLr);
    const maxLrs = perGroup("CyclicLR", "maxLr", optimizer, options.maxLr);
    const baseMomenta = perGroup("CyclicLR", "baseMomentum", optimizer, options.baseMomentum ?? 0.8);
    const maxMomenta = perGroup("CyclicLR", "maxMomentum", optimizer, options.maxMomentum ?? 0.9);
    const scale = scaleOf(options);
    const length = stepSizeUp + stepSizeDown;
    for (const [i, group] of lastEpoch === -1 ? optimizer.paramGroups.entries() : []) {
      group.lr = baseLrs[i] ?? group.lr;
      if (!cycleMomentum) continue;
      const [base = 0.8, most = 0.9] = [baseMomenta[i], maxMomenta[i]];
      setMomentum("CyclicLR", group, most);
      Object.assign(group, { baseMomentum: base, maxMomentum: most });
    }
    const { scaleFn: _, lastEpoch: __, ...settings } = options;
    const schedule: Schedule = {
      settings: { schedule: "CyclicLR", ...DEFAULTS, ...settings, stepSizeUp, stepSizeDown },
      next: ({ epoch, group, groupIndex, baseLr, isInitial }) => {
        if (groupIndex >= baseLrs.length) return group.lr; // added later: no range is known for it
        const cycle = Math.floor(1 + epoch / length);
        const position = 1 + epoch / length - cycle;
        const turn = stepSizeUp / length;
        const height = (position <= turn ? position / turn : (position - 1) / (turn - 1)) * scale(cycle, epoch);
        const [base = 0, most = 0] = [baseMomenta[groupIndex], maxMomenta[groupIndex]];
        if (cycleMomentum) setMomentum("CyclicLR", group, most - (most - base) * height);
        // In PyTorch the scheduler takes over its own lowest rates after its first step.
        const [low = 0, high = 0] = [isInitial ? baseLr : baseLrs[groupIndex], maxLrs[groupIndex]];
        return low + (high - low) * height;
      },
    };
    super(optimizer, schedule, lastEpoch);
    refuseMore("CyclicLR", more);
  }
}

function scaleOf(options: CyclicLROptions): (cycle: number, step: number) => number {
  const { mode = "triangular", gamma = 1, scaleFn, scaleMode = "cycle" } = options;
  if (scaleFn !== undefined) return (cycle, step) => scaleFn(scaleMode === "cycle" ? cycle : step);
  if (!MODES.includes(mode))
    throw new MisconfigurationError({
      message: "CyclicLR does not know this mode.",
      expected: '"triangular", "triangular2" or "exp_range", or a scaleFn',
      received: String(mode),
    });
  if (mode === "triangular") return () => 1;
  return mode === "triangular2" ? (cycle) => 2 ** (1 - cycle) : (_, step) => gamma ** step;
}
