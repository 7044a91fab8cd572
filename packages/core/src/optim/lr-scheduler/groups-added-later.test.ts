import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Parameter } from "../../autograd/parameter.js";
import type { Optimizer } from "../optimizer.js";
import { SGD } from "../sgd.js";
import * as schedulers from "./namespace.js";
import { expectCurve, lrs } from "./schedulers-under-test.js";

type Scheduler = schedulers.LRScheduler | schedulers.ReduceLROnPlateau | schedulers.ChainedScheduler;
type Make = (optimizer: Optimizer) => Scheduler;

/** Rates after each of ten steps, printed by torch 2.15; a second group is added after the second step. */
const OF_TORCH: readonly (readonly [string, Make, number[], number[]])[] = [
  [
    "StepLR",
    (optimizer) => new schedulers.StepLR(optimizer, { stepSize: 2, gamma: 0.5 }),
    [0.1, 0.05, 0.05, 0.025, 0.025, 0.0125, 0.0125, 0.00625, 0.00625, 0.003125],
    [0.02, 0.01, 0.01, 0.005, 0.005, 0.0025, 0.0025, 0.00125],
  ],
  [
    "MultiStepLR",
    (optimizer) => new schedulers.MultiStepLR(optimizer, { milestones: [3, 5], gamma: 0.5 }),
    [0.1, 0.1, 0.05, 0.05, 0.025, 0.025, 0.025, 0.025, 0.025, 0.025],
    [0.01, 0.01, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005],
  ],
  [
    "LinearLR",
    (optimizer) => new schedulers.LinearLR(optimizer, { startFactor: 0.5, endFactor: 1, totalIters: 4 }),
    [0.0625, 0.075, 0.0875, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
    [7 / 300, ...Array.from({ length: 7 }, () => 8 / 300)],
  ],
  [
    "ChainedScheduler",
    (optimizer) =>
      new schedulers.ChainedScheduler(optimizer, {
        schedulers: [
          new schedulers.ConstantLR(optimizer, { factor: 0.5, totalIters: 3 }),
          new schedulers.ExponentialLR(optimizer, { gamma: 0.9 }),
        ],
      }),
    [0.045, 0.0405, 0.0729, 0.06561, 0.059049, 0.0531441, 0.04782969, 0.043046721, 0.0387420489, 0.03486784401],
    [0.036, 0.0324, 0.02916, 0.026244, 0.0236196, 0.02125764, 0.019131876, 0.0172186884],
  ],
];

const plateau: Make = (optimizer) => new schedulers.ReduceLROnPlateau(optimizer, { patience: 0, factor: 0.5 });
const warm: Make = (optimizer) => new schedulers.CosineAnnealingWarmRestarts(optimizer, { t0: 3 });
const cyclic: Make = (optimizer) =>
  new schedulers.CyclicLR(optimizer, { baseLr: 0.01, maxLr: 0.1, stepSizeUp: 3, cycleMomentum: false });

let params: Parameter[];
beforeEach(() => {
  params = [Parameter.fromData([0], [1]), Parameter.fromData([0], [1])];
});
afterEach(() => {
  for (const param of params) param.dispose();
});

const oneGroup = () => new SGD(params.slice(0, 1), { lr: 0.1 });
const addGroup = (optimizer: Optimizer) => optimizer.addParamGroup({ params: params.slice(1), lr: 0.02 });
const step = (scheduler: Scheduler) => scheduler.step(1);

/** Takes steps; before one of them everything is made anew from what was saved. */
function ratesOf(make: Make, steps: number, interruption: number): number[][] {
  let optimizer: Optimizer = oneGroup();
  let scheduler = make(optimizer);
  const rates: number[][] = [];
  for (let i = 0; i < steps; i += 1) {
    if (i === 2) addGroup(optimizer);
    if (i === interruption) {
      const saved = JSON.parse(JSON.stringify([optimizer.stateDict(), scheduler.stateDict()]));
      optimizer = oneGroup();
      scheduler = make(optimizer);
      if (i >= 2) addGroup(optimizer);
      optimizer.loadStateDict(saved[0]);
      scheduler.loadStateDict(saved[1]);
    }
    step(scheduler);
    rates.push(lrs(optimizer));
  }
  return rates;
}

describe("a group that is added when the schedule has begun", () => {
  it.each(OF_TORCH)("is scheduled as torch does, and its run goes on from any step: %s", (_, make, first, second) => {
    for (const interruption of [0, 1, 2, 3, 9]) {
      const rates = ratesOf(make, 10, interruption);
      expectCurve(
        rates.map(([lr]) => lr ?? Number.NaN),
        first,
      );
      expectCurve(
        rates.slice(2).map(([, lr]) => lr ?? Number.NaN),
        second,
      );
    }
  });

  it.each([
    ["CyclicLR", cyclic],
    ["CosineAnnealingWarmRestarts", warm],
  ])("keeps its rate where a schedule needs the one that a group begins with: %s", (_, make) => {
    for (const interruption of [0, 2, 5]) {
      const rates = ratesOf(make, 8, interruption);
      expect(rates.slice(2).map(([, lr]) => lr)).toEqual(Array.from({ length: 6 }, () => 0.02));
      expect(rates.map(([lr]) => lr)).toEqual(ratesOf(make, 8, -1).map(([lr]) => lr));
    }
  });

  it("comes back with a plateau scheduler that has not stepped since", () => {
    for (const interruption of [1, 2, 3, 4]) expect(ratesOf(plateau, 6, interruption)).toEqual(ratesOf(plateau, 6, -1));
  });
});
