import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Parameter } from "../../autograd/parameter.js";
import { Adagrad } from "../adagrad.js";
import { Adam } from "../adam.js";
import type { Optimizer } from "../optimizer.js";
import { SGD } from "../sgd.js";
import * as schedulers from "./namespace.js";
import { expectCurve, kinds, lrs, recordedSchedules } from "./schedulers-under-test.js";

interface Recorded {
  readonly curves: {
    readonly scheduler: "StepLR";
    readonly options: { stepSize: number };
    readonly lrs: number[][];
    readonly momenta: number[];
  }[];
  readonly plateaus: { readonly options: object; readonly metrics: number[]; readonly lrs: number[] }[];
  readonly sequence: number[];
  readonly chained: number[];
  readonly multiplied: number[];
  readonly lambda: number[];
  readonly scaledCycle: number[];
  readonly fractions: number[];
  readonly chainedScheduler: number[];
}

const recorded = recordedSchedules<Recorded>();

let params: Parameter[];
beforeEach(() => {
  params = [Parameter.fromData([0], [1]), Parameter.fromData([0], [1])];
});
afterEach(() => {
  for (const param of params) param.dispose();
});

const twoGroups = () =>
  new SGD([{ params: params.slice(0, 1) }, { params: params.slice(1), lr: 0.2 }], { lr: 0.5, momentum: 0.9 });

describe.each(recorded.curves)("$scheduler with $options", ({ scheduler: name, options, lrs: expected, momenta }) => {
  it("follows torch's curve, momentum included, and can be interrupted anywhere", () => {
    for (const interruption of [0, 4, 17]) {
      let optimizer = twoGroups();
      let scheduler = new kinds[name](optimizer, options);
      const actual: number[][] = [];
      const actualMomenta: number[] = [];
      for (let step = 0; step < expected.length; step += 1) {
        if (step === interruption) {
          const saved = JSON.parse(JSON.stringify([optimizer.stateDict(), scheduler.stateDict()]));
          optimizer = twoGroups();
          scheduler = new kinds[name](optimizer, options);
          optimizer.loadStateDict(saved[0]);
          scheduler.loadStateDict(saved[1]);
        }
        actual.push(lrs(optimizer));
        actualMomenta.push(optimizer.paramGroups[0]?.momentum ?? 0);
        expect(scheduler.getLastLr()).toEqual(lrs(optimizer));
        if (step + 1 < expected.length) scheduler.step();
      }
      expectCurve(actual.flat(), expected.flat());
      expectCurve(actualMomenta, momenta);
    }
  });
});

describe("ReduceLROnPlateau", () => {
  it.each(recorded.plateaus)("reduces as torch does with $options", ({ options, metrics, lrs: expected }) => {
    const optimizer = new SGD(params, { lr: 0.5 });
    let scheduler = new schedulers.ReduceLROnPlateau(optimizer, options);
    const actual = metrics.map((metric, i) => {
      if (i === 7) {
        const saved = JSON.parse(JSON.stringify(scheduler.stateDict()));
        scheduler = new schedulers.ReduceLROnPlateau(optimizer, options);
        scheduler.loadStateDict(saved);
      }
      scheduler.step(metric);
      return optimizer.paramGroups[0]?.lr ?? 0;
    });
    expectCurve(actual, expected);
  });

  it("asks for a metric", () => {
    const scheduler = new schedulers.ReduceLROnPlateau(new SGD(params));
    expect(() => scheduler.step(JSON.parse("null"))).toThrow("needs a metric");
  });
});

describe("schedulers together", () => {
  it("run one after another with SequentialLR as in torch", () => {
    const make = () => {
      const optimizer = new SGD(params.slice(0, 1), { lr: 0.5 });
      const list = [
        new schedulers.LinearLR(optimizer, { startFactor: 0.1, totalIters: 5 }),
        new schedulers.CosineAnnealingLR(optimizer, { tMax: 10, etaMin: 0.01 }),
        new schedulers.StepLR(optimizer, { stepSize: 3 }),
      ];
      return {
        optimizer,
        scheduler: new schedulers.SequentialLR(optimizer, { schedulers: list, milestones: [5, 15] }),
      };
    };
    let { optimizer, scheduler } = make();
    const actual = recorded.sequence.map((_, step) => {
      if (step === 9) {
        const saved = JSON.parse(JSON.stringify([optimizer.stateDict(), scheduler.stateDict()]));
        ({ optimizer, scheduler } = make());
        optimizer.loadStateDict(saved[0]);
        scheduler.loadStateDict(saved[1]);
      }
      const [lr = 0] = lrs(optimizer);
      scheduler.step();
      return lr;
    });
    expectCurve(actual, recorded.sequence);
  });

  it("combine on one optimizer as in torch", () => {
    const optimizer = new SGD(params.slice(0, 1), { lr: 0.5 });
    const list = [
      new schedulers.LinearLR(optimizer, { startFactor: 0.1, totalIters: 5 }),
      new schedulers.ExponentialLR(optimizer, { gamma: 0.9 }),
      new schedulers.CosineAnnealingLR(optimizer, { tMax: 8, etaMin: 0.001 }),
    ];
    const actual = recorded.chained.map(() => {
      const [lr = 0] = lrs(optimizer);
      for (const scheduler of list) scheduler.step();
      return lr;
    });
    expectCurve(actual, recorded.chained);
  });
});

/** One group's rates while a scheduler steps, after it was saved and made anew at step 13. */
function interrupted(
  make: (optimizer: SGD) => { step(): void; stateDict(): object; loadStateDict(state: never): void },
) {
  let optimizer = new SGD(params.slice(0, 1), { lr: 0.5 });
  let scheduler = make(optimizer);
  return Array.from({ length: 50 }, (_, step) => {
    if (step === 13) {
      const saved = JSON.parse(JSON.stringify([optimizer.stateDict(), scheduler.stateDict()]));
      optimizer = new SGD(params.slice(0, 1), { lr: 0.5 });
      scheduler = make(optimizer);
      optimizer.loadStateDict(saved[0]);
      Reflect.apply(scheduler.loadStateDict, scheduler, [saved[1]]);
    }
    const [lr = 0] = lrs(optimizer);
    scheduler.step();
    return lr;
  });
}

it("multiplies the rate before by a function of the step with MultiplicativeLR", () => {
  const lrLambda = (epoch: number) => (epoch % 3 === 0 ? 1.02 : 0.95);
  const actual = interrupted((optimizer) => new schedulers.MultiplicativeLR(optimizer, { lrLambda }));
  expectCurve(actual, recorded.multiplied);
});

it("multiplies the initial rate, and the height of a cycle, by functions of the step as torch does", () => {
  const lrLambda = (epoch: number) => 1 / (1 + epoch);
  expectCurve(
    interrupted((optimizer) => new schedulers.LambdaLR(optimizer, { lrLambda })),
    recorded.lambda,
  );
  const cycle = { ...{ baseLr: 0.1, maxLr: 0.5, stepSizeUp: 4, scaleFn: lrLambda }, cycleMomentum: false };
  expectCurve(
    interrupted((optimizer) => new schedulers.CyclicLR(optimizer, { ...cycle, scaleMode: "iterations" })),
    recorded.scaledCycle,
  );
});

it("steps several schedulers together with ChainedScheduler", () => {
  const actual = interrupted((optimizer) => {
    const list = [
      new schedulers.ConstantLR(optimizer, { factor: 0.1, totalIters: 20 }),
      new schedulers.ExponentialLR(optimizer, { gamma: 0.9 }),
      new schedulers.PolynomialLR(optimizer, { totalIters: 40 }),
    ];
    return new schedulers.ChainedScheduler(optimizer, { schedulers: list });
  });
  expectCurve(actual, recorded.chainedScheduler);
  const other = new schedulers.ExponentialLR(new SGD(params), { gamma: 1 });
  const optimizer = new SGD(params);
  expect(() => new schedulers.ChainedScheduler(optimizer, { schedulers: [other] })).toThrow(
    "ExponentialLR at position 0",
  );
  expect(() => new schedulers.ChainedScheduler(optimizer, { schedulers: [] })).toThrow("Received none");
});

it("goes to steps between two with CosineAnnealingWarmRestarts", () => {
  const optimizer = new SGD(params.slice(0, 1), { lr: 0.5 });
  const scheduler = new schedulers.CosineAnnealingWarmRestarts(optimizer, { t0: 3, tMult: 2 });
  const actual = Array.from({ length: 48 }, (_, i) => {
    scheduler.step(i / 4);
    return optimizer.paramGroups[0]?.lr ?? 0;
  });
  scheduler.step();
  expectCurve([...actual, optimizer.paramGroups[0]?.lr ?? 0], recorded.fractions);
});

it("takes a scale of one's own with CyclicLR, and says what it cannot take", () => {
  const optimizer = new SGD(params, { lr: 1, momentum: 0.5 });
  const options = { baseLr: 0, maxLr: 1, stepSizeUp: 1 };
  const scheduler = new schedulers.CyclicLR(optimizer, { ...options, scaleFn: (cycle) => cycle, cycleMomentum: false });
  const seen = Array.from({ length: 5 }, () => {
    scheduler.step();
    return optimizer.paramGroups[0]?.lr;
  });
  expect(seen).toEqual([1, 0, 2, 0, 3]);
  expect(() => new schedulers.CyclicLR(optimizer, { ...options, maxLr: [1, 2] })).toThrow("not one maxLr");
  expect(() => new schedulers.CyclicLR(optimizer, JSON.parse('{"baseLr":0,"maxLr":1,"mode":"sine"}'))).toThrow(
    "does not know this mode",
  );
  const plain = new Adagrad(params);
  expect(() => new schedulers.CyclicLR(plain, options)).toThrow("cannot cycle the momentum");
});

it("multiplies the initial rate by a function of the step with LambdaLR", () => {
  const optimizer = twoGroups();
  const scheduler = new schedulers.LambdaLR(optimizer, { lrLambda: [(step) => 1 / (step + 1), () => 2] });
  expect(lrs(optimizer)).toEqual([0.5, 0.4]);
  scheduler.step();
  expect(lrs(optimizer)).toEqual([0.25, 0.4]);
  expect(() => new schedulers.LambdaLR(optimizer, { lrLambda: [() => 1] })).toThrow("2 functions");
});

it("cycles the first beta of Adam with OneCycleLR", () => {
  const optimizer = new Adam(params);
  const scheduler = new schedulers.OneCycleLR(optimizer, { maxLr: 0.1, totalSteps: 10 });
  expect(optimizer.paramGroups[0]?.betas).toEqual([0.95, 0.999]);
  scheduler.step();
  scheduler.step();
  expect(optimizer.paramGroups[0]?.betas[0]).toBeCloseTo(0.85, 12);
});

describe("bad options", () => {
  it.each<[string, (optimizer: Optimizer) => unknown, string]>([
    ["StepLR", (optimizer) => new schedulers.StepLR(optimizer, { stepSize: 0 }), "stepSize is not usable"],
    [
      "CosineAnnealingLR",
      (optimizer) => new schedulers.CosineAnnealingLR(optimizer, JSON.parse('{"T_max":3}')),
      "Try: tMax",
    ],
    ["LinearLR", (optimizer) => new schedulers.LinearLR(optimizer, { startFactor: 0 }), "startFactor is not usable"],
    ["ConstantLR", (optimizer) => new schedulers.ConstantLR(optimizer, { factor: 1.5 }), "factor is not usable"],
    [
      "OneCycleLR",
      (optimizer) => new schedulers.OneCycleLR(optimizer, { maxLr: 1 }),
      "totalSteps, or epochs and stepsPerEpoch",
    ],
    [
      "OneCycleLR's steps as a method that was not called",
      (optimizer) => new schedulers.OneCycleLR(optimizer, { maxLr: 1, totalSteps: JSON.parse.bind(JSON) as never }),
      "totalSteps the function bound parse, epochs undefined",
    ],
    [
      "OneCycleLR's steps as a promise",
      (optimizer) => new schedulers.OneCycleLR(optimizer, { maxLr: 1, totalSteps: Promise.resolve(3) as never }),
      "totalSteps a promise",
    ],
    [
      "OneCycleLR's rates",
      (optimizer) => new schedulers.OneCycleLR(optimizer, { maxLr: [1, 2, 3], totalSteps: 3 }),
      "2 numbers, or a single one",
    ],
    [
      "ReduceLROnPlateau",
      (optimizer) => new schedulers.ReduceLROnPlateau(optimizer, { factor: 1 }),
      "factor is not usable",
    ],
    [
      "ReduceLROnPlateau's rates",
      (optimizer) => new schedulers.ReduceLROnPlateau(optimizer, { minLr: [0] }),
      "2 numbers, or a single one",
    ],
    [
      "SequentialLR",
      (optimizer) => new schedulers.SequentialLR(optimizer, { schedulers: [], milestones: [] }),
      "do not fit together",
    ],
    [
      "SequentialLR of another optimizer",
      (optimizer) =>
        new schedulers.SequentialLR(optimizer, {
          schedulers: [new schedulers.ExponentialLR(new SGD(params), { gamma: 1 })],
          milestones: [],
        }),
      "of the same optimizer",
    ],
  ])("are refused by %s", (_, make, message) => expect(() => make(twoGroups())).toThrow(message));

  it("are refused by OneCycleLR when the cycle is over", () => {
    const scheduler = new schedulers.OneCycleLR(twoGroups(), { maxLr: 1, totalSteps: 2 });
    scheduler.step();
    scheduler.step();
    expect(() => scheduler.step()).toThrow("OneCycleLR has come to its end");
  });

  it("are refused when a state is loaded that does not fit", () => {
    const scheduler = new schedulers.ExponentialLR(twoGroups(), { gamma: 0.5 });
    expect(() => scheduler.loadStateDict({ version: 1, lastEpoch: 1, baseLrs: [1], lastLr: [1] })).toThrow(
      "2 base learning rates",
    );
  });
});
