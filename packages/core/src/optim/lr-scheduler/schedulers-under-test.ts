import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Optimizer } from "../optimizer.js";
import { SWALR } from "../swa-utils/swalr.js";
import * as schedulers from "./namespace.js";

const { StepLR, MultiStepLR, ExponentialLR, ConstantLR, LinearLR, CosineAnnealingLR, OneCycleLR } = schedulers;
const { PolynomialLR, CosineAnnealingWarmRestarts, CyclicLR } = schedulers;
/** Schedulers by the names that they have in recordings. */
export const kinds = {
  ...{ StepLR, MultiStepLR, ExponentialLR, ConstantLR, LinearLR, CosineAnnealingLR, OneCycleLR },
  ...{ PolynomialLR, CosineAnnealingWarmRestarts, CyclicLR, SWALR },
};

/** What torch computed: tests/parity/record_optimizers.py. */
export function recordedSchedules<TRecorded>(): TRecorded {
  return JSON.parse(readFileSync(new URL("../fixtures/schedulers.json", import.meta.url), "utf8"));
}

/** Both sides compute in float64; recursive formulas gather a few roundings. */
export function expectCurve(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(Math.abs(value - (expected[i] ?? Number.NaN)), `step ${i}`).toBeLessThan(1e-14));
}

/** The learning rates of all groups. */
export function lrs(optimizer: Optimizer): number[] {
  return optimizer.paramGroups.map(({ lr }) => lr);
}
