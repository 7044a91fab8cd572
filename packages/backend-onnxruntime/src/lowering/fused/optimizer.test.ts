import { beforeAll, describe, expect, it } from "vitest";
import { expectClose } from "./testing/expect-close.js";
import { NdArray } from "./testing/nd-array.js";
import { TestRandom } from "./testing/random-array.js";
import { type FusedInput, runFused, useEngine } from "./testing/run-fused.js";
import { PLAIN_SGD } from "../../testing/plain-sgd.js";

beforeAll(useEngine);

const SHAPES = [[3, 4], [5], [], [0]];

function lists(random: TestRandom, names: string): Record<string, NdArray> {
  const inputs: Record<string, NdArray> = {};
  for (const name of names) SHAPES.forEach((shape, i) => (inputs[`${name}${i}`] = random.array(shape)));
  return inputs;
}

/** Applies `update` to corresponding elements of the lists; its results are the kernel's outputs. */
function elementwise(
  inputs: Record<string, NdArray>,
  names: string,
  update: (values: Record<string, number>) => number[],
): NdArray[] {
  const results: NdArray[][] = [];
  SHAPES.forEach((_, i) => {
    const size = inputs[`p${i}`]?.data.length ?? 0;
    for (let at = 0; at < size; at += 1) {
      const values = Object.fromEntries([...names].map((name) => [name, inputs[`${name}${i}`]?.data[at] ?? 0]));
      update(values).forEach((value, kind) => {
        const list = (results[kind] ??= SHAPES.map((own) => new NdArray(own)));
        const target = list[i];
        if (target !== undefined) target.data[at] = value;
      });
    }
  });
  return results.flat();
}

describe("SGD", () => {
  const base = { ...PLAIN_SGD, lr: 0.1 };
  it.each([
    { ...base },
    { ...base, weightDecay: 0.05, maximize: true },
    { ...base, momentum: 0.9, dampening: 0.2 },
    { ...base, momentum: 0.9, dampening: 0.2, isFirstStep: true },
    { ...base, momentum: 0.9, nesterov: true, weightDecay: 0.01 },
  ])("updates like torch.optim.SGD: %j", (options) => {
    const { lr, momentum, dampening, weightDecay, nesterov, maximize, isFirstStep } = options;
    const hasBuffer = momentum !== 0 && !isFirstStep;
    const names = hasBuffer ? "pgb" : "pg";
    const inputs = lists(new TestRandom(1), names);
    const expected = elementwise(inputs, names, ({ p = 0, g = 0, b = 0 }) => {
      const grad = (maximize ? -g : g) + weightDecay * p;
      if (momentum === 0) return [p - lr * grad];
      const velocity = isFirstStep ? grad : momentum * b + (1 - dampening) * grad;
      return [p - lr * (nesterov ? grad + momentum * velocity : velocity), velocity];
    });
    const received = runFused("lit.SgdUpdate", inputs, { ...options, count: SHAPES.length });
    expect(received).toHaveLength(expected.length);
    expected.forEach((wanted, i) => expectClose(received[i], wanted, 1e-6));
  });

  it("gives a list for a single parameter", () => {
    const random = new TestRandom(2);
    expect(runFused("lit.SgdUpdate", { p0: random.array([2]), g0: random.array([2]) }, base)).toHaveLength(1);
  });
});

describe("Adam", () => {
  const base = {
    lr: 0.01,
    beta1: 0.9,
    beta2: 0.99,
    eps: 1e-8,
    weightDecay: 0,
    decoupledWeightDecay: false,
    amsgrad: false,
    maximize: false,
    step: 3,
  };
  it.each([
    { ...base },
    { ...base, weightDecay: 0.1, step: 1 },
    { ...base, weightDecay: 0.1, decoupledWeightDecay: true },
    { ...base, amsgrad: true, maximize: true, eps: 0.1 },
  ])("updates like torch.optim.Adam and AdamW: %j", ({ step, ...options }) => {
    const { lr, beta1, beta2, eps, weightDecay, decoupledWeightDecay, amsgrad, maximize } = options;
    const names = amsgrad ? "pgmvx" : "pgmv";
    const inputs = lists(new TestRandom(3), names);
    for (const [name, array] of Object.entries(inputs))
      if ("vx".includes(name.charAt(0))) array.data.forEach((value, i) => (array.data[i] = Math.abs(value)));
    const [biasCorrection1, biasCorrection2] = [1 - beta1 ** step, 1 - beta2 ** step];
    const expected = elementwise(inputs, names, ({ p = 0, g = 0, m = 0, v = 0, x = 0 }) => {
      const start = decoupledWeightDecay ? p * (1 - lr * weightDecay) : p;
      const grad = (maximize ? -g : g) + (decoupledWeightDecay ? 0 : weightDecay * p);
      const mean = beta1 * m + (1 - beta1) * grad;
      const square = beta2 * v + (1 - beta2) * grad * grad;
      const largest = amsgrad ? Math.max(x, square) : square;
      const updated = start - ((lr / biasCorrection1) * mean) / (Math.sqrt(largest / biasCorrection2) + eps);
      return amsgrad ? [updated, mean, square, largest] : [updated, mean, square];
    });
    const received = runFused("lit.AdamUpdate", inputs, {
      ...options,
      biasCorrection1,
      biasCorrection2,
      count: SHAPES.length,
    });
    expect(received).toHaveLength(expected.length);
    expected.forEach((wanted, i) => expectClose(received[i], wanted, 2e-6));
  });
});

describe("gradient norms", () => {
  const inputs = (): Record<string, FusedInput> => ({
    g0: new NdArray([2, 2], [3, -4, 0, 1]),
    g1: new NdArray([], [-2]),
    g2: new NdArray([0]),
  });

  it.each([
    [2, Math.sqrt(30)],
    [1, 10],
    [3, 100 ** (1 / 3)],
    [Number.POSITIVE_INFINITY, 4],
  ])("of order %d span all gradients", (norm, expected) => {
    expect(runFused("lit.GradNorm", inputs(), { norm, count: 3 })[0]?.data[0]).toBeCloseTo(expected, 5);
  });

  it.each([1, 2, Number.POSITIVE_INFINITY])(
    "of order %d are NaN if a gradient is, and Infinity if one is that",
    (norm) => {
      const normOf = (value: number) =>
        runFused("lit.GradNorm", { g0: new NdArray([2], [1, value]), g1: new NdArray([1], [5]) }, { norm, count: 2 })[0]
          ?.data[0];
      expect(normOf(Number.NaN)).toBeNaN();
      expect(normOf(Number.NEGATIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    },
  );

  it("are zero without elements", () => {
    expect([...(runFused("lit.GradNorm", { g0: new NdArray([0]) }, { norm: 2, count: 1 })[0]?.data ?? [])]).toEqual([
      0,
    ]);
  });

  it("limit gradients, and leave smaller ones as they are", () => {
    const clip = (maxNorm: number) =>
      runFused("lit.ClipByNorm", { ...inputs(), norm: new NdArray([], [10]) }, { maxNorm, count: 3 });
    expectClose(clip(5)[0], new NdArray([2, 2], [1.5, -2, 0, 0.5]), 1e-6);
    expectClose(clip(5)[1], new NdArray([], [-1]), 1e-6);
    expect([...(clip(20)[0]?.data ?? [])]).toEqual([3, -4, 0, 1]);
    expect(clip(20)).toHaveLength(3);
  });
});
