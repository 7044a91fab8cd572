import { expect, it } from "vitest";
import { Parameter } from "../../autograd/parameter.js";
import type { Optimizer } from "../optimizer.js";
import { SGD } from "../sgd.js";
import { SWALR } from "../swa-utils/swalr.js";
import * as schedulers from "./namespace.js";
import type { ScheduleSettings } from "./lr-scheduler.js";

interface Scheduler {
  readonly settings: ScheduleSettings | undefined;
}

const { ConstantLR, CyclicLR, ExponentialLR, LambdaLR, MultiplicativeLR, OneCycleLR, SequentialLR } = schedulers;
const halves = () => 0.5;
const makers: Record<string, (optimizer: Optimizer) => Scheduler> = {
  '{"schedule":"StepLR","stepSize":2,"gamma":0.1}': (o) => new schedulers.StepLR(o, { stepSize: 2 }),
  '{"schedule":"MultiStepLR","milestones":[2,4],"gamma":0.5}': (o) =>
    new schedulers.MultiStepLR(o, { milestones: [2, 4], gamma: 0.5 }),
  '{"schedule":"ConstantLR","factor":0.5,"totalIters":5}': (o) => new ConstantLR(o, { factor: 0.5 }),
  '{"schedule":"LinearLR","startFactor":0.5,"endFactor":1,"totalIters":5}': (o) =>
    new schedulers.LinearLR(o, { startFactor: 0.5 }),
  '{"schedule":"ExponentialLR","gamma":0.9}': (o) => new ExponentialLR(o, { gamma: 0.9 }),
  '{"schedule":"PolynomialLR","totalIters":5,"power":2}': (o) => new schedulers.PolynomialLR(o, { power: 2 }),
  '{"schedule":"CosineAnnealingLR","tMax":10,"etaMin":0}': (o) => new schedulers.CosineAnnealingLR(o, { tMax: 10 }),
  '{"schedule":"CosineAnnealingWarmRestarts","t0":4,"tMult":1,"etaMin":0}': (o) =>
    new schedulers.CosineAnnealingWarmRestarts(o, { t0: 4 }),
  '{"schedule":"SWALR","swaLr":[0.1],"annealEpochs":10,"annealStrategy":"cos"}': (o) => new SWALR(o, { swaLr: 0.1 }),
  // Functions cannot be compared.
  '{"schedule":"LambdaLR"}': (o) => new LambdaLR(o, { lrLambda: halves }),
  '{"schedule":"MultiplicativeLR"}': (o) => new MultiplicativeLR(o, { lrLambda: halves }),
  '{"schedule":"CyclicLR","mode":"triangular","gamma":1,"cycleMomentum":false,"baseMomentum":0.8,"maxMomentum":0.9,"baseLr":0.1,"maxLr":1,"stepSizeUp":4,"stepSizeDown":4}':
    (o) => new CyclicLR(o, { baseLr: 0.1, maxLr: 1, stepSizeUp: 4, cycleMomentum: false, scaleFn: halves }),
  '{"schedule":"OneCycleLR","pctStart":0.3,"annealStrategy":"cos","cycleMomentum":false,"baseMomentum":0.85,"maxMomentum":0.95,"divFactor":25,"finalDivFactor":10000,"threePhase":false,"maxLr":1,"totalSteps":6}':
    (o) => new OneCycleLR(o, { maxLr: 1, epochs: 2, stepsPerEpoch: 3, cycleMomentum: false }),
  '{"schedule":"ReduceLROnPlateau","mode":"min","factor":0.1,"patience":3,"threshold":0.0001,"thresholdMode":"rel","cooldown":0,"minLr":0,"eps":1e-8}':
    (o) => new schedulers.ReduceLROnPlateau(o, { patience: 3 }),
  '{"schedule":"SequentialLR","milestones":[3],"schedulers":[{"schedule":"ConstantLR","factor":0.5,"totalIters":5},{"schedule":"ExponentialLR","gamma":0.9}]}':
    (o) =>
      new SequentialLR(o, {
        schedulers: [new ConstantLR(o, { factor: 0.5 }), new ExponentialLR(o, { gamma: 0.9 })],
        milestones: [3],
      }),
  '{"schedule":"ChainedScheduler","schedulers":[{"schedule":"ExponentialLR","gamma":0.9},null]}': (o) =>
    new schedulers.ChainedScheduler(o, {
      schedulers: [
        new ExponentialLR(o, { gamma: 0.9 }),
        new schedulers.LRScheduler(o, { next: ({ group }) => group.lr }),
      ],
    }),
};

it.each(Object.entries(makers))("a scheduler says what it was asked for, with its defaults: %s", (expected, make) => {
  const parameter = Parameter.fromData([0], [1]);
  const optimizer = new SGD([parameter], { lr: 0.5 });
  expect(JSON.stringify(make(optimizer).settings)).toBe(expected);
  parameter.dispose();
});
