import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Parameter } from "../../autograd/parameter.js";
import { SGD } from "../sgd.js";
import * as schedulers from "./namespace.js";
import { expectCurve, kinds, lrs, recordedSchedules } from "./schedulers-under-test.js";

interface Recorded {
  readonly resumed: {
    readonly scheduler: "StepLR";
    readonly options: { stepSize: number };
    readonly lrs: number[][];
    readonly momenta: number[];
  }[];
  readonly resumedSequences: {
    readonly options: { readonly milestones: number[]; readonly lastEpoch: number };
    readonly lrs: number[][];
    readonly lastEpoch: number;
    readonly lastLr: number[];
    readonly lastEpochs: number[];
  }[];
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

describe("lastEpoch", () => {
  const begun = () =>
    new SGD(
      [
        { params: params.slice(0, 1), lr: 0.3, initialLr: 0.5 },
        { params: params.slice(1), lr: 0.15, initialLr: 0.2 },
      ],
      { lr: 0.5, momentum: 0.6 },
    );

  it.each(recorded.resumedSequences)(
    "of a sequence goes on as in torch with $options",
    ({ options: { milestones, lastEpoch }, lrs: expected, ...end }) => {
      const optimizer = begun();
      const parts = [
        new schedulers.LinearLR(optimizer, { startFactor: 0.1, totalIters: 5 }),
        new schedulers.ExponentialLR(optimizer, { gamma: 0.9 }),
        new schedulers.CosineAnnealingWarmRestarts(optimizer, { t0: 6 }),
      ];
      const resumed = new schedulers.SequentialLR(optimizer, { schedulers: parts, milestones, lastEpoch });
      const actual = expected.map(() => {
        expect(resumed.getLastLr()).toEqual(lrs(optimizer));
        const now = lrs(optimizer);
        resumed.step();
        return now;
      });
      expectCurve(actual.flat(), expected.flat());
      expectCurve([...resumed.getLastLr()], end.lastLr);
      expect([resumed.lastEpoch, parts.map((part) => part.lastEpoch)]).toEqual([end.lastEpoch, end.lastEpochs]);
    },
  );

  it("of a sequence is a step", () => {
    const optimizer = begun();
    const parts = [new schedulers.ExponentialLR(optimizer, { gamma: 0.9 })];
    const options = { schedulers: parts, milestones: [], lastEpoch: -2 };
    expect(() => new schedulers.SequentialLR(optimizer, options)).toThrow(/cannot go on.*Received -2/);
  });

  it.each(recorded.resumed)(
    "of $scheduler goes on as in torch with $options",
    ({ scheduler, options, lrs: expected, momenta: expectedMomenta }) => {
      const optimizer = begun();
      const resumed = new kinds[scheduler](optimizer, options);
      const momenta: unknown[] = [];
      const actual = expected.map(() => {
        const now = lrs(optimizer);
        momenta.push(optimizer.paramGroups[0]?.momentum);
        resumed.step();
        return now;
      });
      expectCurve(actual.flat(), expected.flat());
      expectCurve(momenta.map(Number), expectedMomenta);
    },
  );

  it("of a function of the step counts from there", () => {
    const optimizer = begun();
    const scheduler = new schedulers.LambdaLR(optimizer, { lrLambda: (epoch) => epoch, lastEpoch: 3 });
    expect(scheduler.lastEpoch).toBe(4);
    expect(scheduler.getLastLr()).toEqual([2, 0.8]);
    const relative = new schedulers.MultiplicativeLR(begun(), { lrLambda: (epoch) => epoch, lastEpoch: 3 });
    relative.step();
    expect(relative.getLastLr()).toEqual([1.5, 0.75]);
  });

  it("needs rates from before, and a step", () => {
    expect(() => new schedulers.StepLR(twoGroups(), { stepSize: 2, lastEpoch: 3 })).toThrow(
      /StepLR cannot go on.*Received lastEpoch 3, group 0 without initialLr/,
    );
    expect(() => new schedulers.StepLR(begun(), { stepSize: 2, lastEpoch: 0.5 })).toThrow(/Received lastEpoch 0.5/);
  });
});
