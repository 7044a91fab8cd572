import { readFileSync } from "node:fs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { grad } from "../autograd/grad.js";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { randomState, restoreRandomState, seedEverything } from "../random/global-random.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import * as distributions from "./namespace.js";
import { standardGammaDerivative } from "./standard-gamma.js";

const COUNT = 20_000;
/** Of the largest distance between the functions: a right sampler misses it once in a million seeds. */
const KOLMOGOROV = Math.sqrt(Math.log(2e6) / 2 / COUNT);

/** The share of a density below x, by the trapezoid rule. */
function integrate(density: (x: number) => number, from: number, to: number): (x: number) => number {
  const parts = 20_000;
  const width = (to - from) / parts;
  const below = [0];
  for (let i = 0; i < parts; i += 1)
    below.push((below[i] ?? 0) + (width * (density(from + i * width) + density(from + (i + 1) * width))) / 2);
  const total = below.at(-1) ?? 1;
  return (x) => (below[Math.min(parts, Math.max(0, Math.round((x - from) / width)))] ?? 0) / total;
}

const bell = integrate((x) => Math.exp(-x * x), 0, 6);

const continuous: Readonly<Record<string, [make: () => distributions.Distribution, share: (x: number) => number]>> = {
  Normal: [() => new distributions.Normal(1, 2), integrate((x) => Math.exp(-((x - 1) ** 2) / 8), -11, 13)],
  Laplace: [() => new distributions.Laplace(-1, 0.5), integrate((x) => Math.exp(-2 * Math.abs(x + 1)), -12, 10)],
  Exponential: [() => new distributions.Exponential(3), (x) => 1 - Math.exp(-3 * x)],
  Uniform: [() => new distributions.Uniform(-1, 3), (x) => (x + 1) / 4],
  "Gamma below 1": [() => new distributions.Gamma(0.5, 2), (x) => bell(Math.sqrt(2 * x))],
  "Gamma above 1": [() => new distributions.Gamma(4, 0.5), integrate((x) => x ** 3 * Math.exp(-x / 2), 0, 80)],
  Beta: [() => new distributions.Beta(2, 3), integrate((x) => x * (1 - x) ** 2, 0, 1)],
};

describe.each(await backendsUnderTest())("draws on %s", (backend) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });
  beforeEach(() => {
    seedEverything(11);
  });

  it.each(Object.keys(continuous))("of %s follow its distribution function, and its mean and variance", (name) => {
    const [make, share] = continuous[name] ?? [() => new distributions.Normal(0, 1), () => 0];
    using _scope = tensorScope();
    const distribution = make();
    const values = Float32Array.from(distribution.sample([COUNT]).dataSync()).sort();
    let distance = 0;
    values.forEach((x, i) => (distance = Math.max(distance, Math.abs(share(x) - (i + 0.5) / COUNT))));
    expect(distance).toBeLessThan(KOLMOGOROV);
    const [mean = 0, variance = 0] = [distribution.mean.dataSync()[0], distribution.variance.dataSync()[0]];
    const average = values.reduce((sum, x) => sum + x, 0) / COUNT;
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(variance / COUNT));
    const spread = values.reduce((sum, x) => sum + (x - average) ** 2, 0) / COUNT;
    expect(Math.abs(spread / variance - 1)).toBeLessThan(0.15);
  });

  it("of classes come as often as they should, those without probability never", () => {
    using _scope = tensorScope();
    const probs = tf.tensor2d([
      [0, 0.25, 0.75, 0],
      [0.5, 0, 0.1, 0.4],
    ]);
    const draws = new distributions.Categorical({ probs }).sample([COUNT]);
    expect([draws.shape, draws.dtype]).toEqual([[COUNT, 2], "int32"]);
    const hot = new distributions.OneHotCategorical({ probs }).sample([COUNT]);
    expect(hot.shape).toEqual([COUNT, 2, 4]);
    for (const counted of [tf.sum(tf.oneHot(tf.cast(draws, "int32"), 4), 0), tf.sum(hot, 0)])
      counted.dataSync().forEach((count, i) => {
        const p = probs.dataSync()[i] ?? 0;
        expect(Math.abs(count / COUNT - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / COUNT));
      });
    const coins = new distributions.Bernoulli({ probs: tf.tensor1d([0, 0.3, 1]) }).sample([COUNT]);
    const [none, some = 0, all] = tf.mean(coins, 0).dataSync();
    expect([none, all]).toEqual([0, 1]);
    expect(Math.abs(some - 0.3)).toBeLessThan(0.017);
  });

  it("of vectors have the mean and the covariance that they should", () => {
    using _scope = tensorScope();
    const covarianceMatrix = tf.tensor2d([
      [2, 0.8],
      [0.8, 1],
    ]);
    const normal = new distributions.MultivariateNormal(tf.tensor1d([1, -1]), { covarianceMatrix });
    const draws = normal.rsample([COUNT]);
    const centred = tf.sub(draws, tf.mean(draws, 0));
    const covariance = tf.div(tf.matMul(centred, centred, true), COUNT).dataSync();
    covariance.forEach((value, i) => expect(Math.abs(value - (covarianceMatrix.dataSync()[i] ?? 0))).toBeLessThan(0.1));
    const parts = new distributions.Dirichlet(tf.tensor1d([1, 2, 5])).sample([COUNT]);
    tf.mean(parts, 0)
      .dataSync()
      .forEach((value, i) => expect(Math.abs(value - ([1, 2, 5][i] ?? 0) / 8)).toBeLessThan(0.007));
    expect(Math.max(...tf.abs(tf.sub(tf.sum(parts, -1), 1)).dataSync())).toBeLessThan(1e-6);
  });

  it("carry gradients to the parameters, whose mean is that of the expectation", () => {
    const slope = (make: (a: tf.Tensor, b: tf.Tensor) => distributions.Distribution, a: number, b: number) => {
      using _scope = tensorScope();
      const params = [tf.variable(tf.scalar(a)), tf.variable(tf.scalar(b))] as const;
      const mean = tf.mean(make(...params).rsample([COUNT]));
      const slopes = grad(mean, params, { allowUnused: true }).map((gradient) => gradient?.dataSync()[0] ?? Number.NaN);
      tf.dispose([...params]);
      return slopes;
    };
    const close = (actual: readonly number[], wanted: readonly number[]) =>
      wanted.forEach((value, i) => expect(Math.abs((actual[i] ?? Number.NaN) - value)).toBeLessThan(0.03));
    close(
      slope((loc, scale) => new distributions.Normal(loc, scale), 1, 2),
      [1, 0],
    );
    close(
      slope((loc, scale) => new distributions.Laplace(loc, scale), 1, 2),
      [1, 0],
    );
    close(
      slope((low, high) => new distributions.Uniform(low, high), 0, 2),
      [0.5, 0.5],
    );
    close(slope((rate) => new distributions.Exponential(rate), 2, 0).slice(0, 1), [-0.25]);
    close(
      slope((shape, rate) => new distributions.Gamma(shape, rate), 3, 2),
      [0.5, -0.75],
    );
    close(
      slope((one, zero) => new distributions.Beta(one, zero), 2, 3),
      [3 / 25, -2 / 25],
    );
  });

  it("are the same again from a saved state of the random streams", () => {
    using _scope = tensorScope();
    const gamma = new distributions.Gamma(tf.tensor1d([0.5, 2]), 1);
    const saved = randomState();
    const first = [...gamma.sample([5]).dataSync()];
    restoreRandomState(saved);
    expect([...gamma.sample([5]).dataSync()]).toEqual(first);
    expect([...gamma.sample([5]).dataSync()]).not.toEqual(first);
  });
});

it("has torch's derivatives of draws from the gamma distribution", () => {
  const { gammaDerivatives }: { gammaDerivatives: [number, number, number][] } = JSON.parse(
    readFileSync(new URL("./fixtures/distributions.json", import.meta.url), "utf8"),
  );
  // Torch uses approximations in places; they are right to about 4e-4.
  for (const [alpha, z, wanted] of gammaDerivatives)
    expect(Math.abs(standardGammaDerivative(alpha, z) / wanted - 1), `${alpha}, ${z}`).toBeLessThan(1e-3);
});

describe("distributions", () => {
  beforeAll(async () => {
    await resolveBackend("cpu");
  });

  it("say which shapes draws and log-probabilities have", () => {
    using _scope = tensorScope();
    const normal = new distributions.Normal(tf.zeros([3, 1]), tf.ones([2]));
    expect(normal.batchShape).toEqual([3, 2]);
    expect(normal.rsample([5, 4]).shape).toEqual([5, 4, 3, 2]);
    const rows = new distributions.Independent(normal, 1);
    expect([rows.batchShape, rows.eventShape]).toEqual([[3], [2]]);
    expect(rows.sample([4]).shape).toEqual([4, 3, 2]);
    expect(rows.logProb(rows.sample([4])).shape).toEqual([4, 3]);
    const squashed = new distributions.TransformedDistribution(rows, new distributions.TanhTransform());
    expect(squashed.rsample([4]).shape).toEqual([4, 3, 2]);
    expect(squashed.logProb(tf.fill([3, 2], 0.5)).shape).toEqual([3]);
  });

  it.each<[string, () => unknown, string]>([
    [
      "a deviation of 0",
      () => new distributions.Normal(0, tf.tensor1d([1, 0])),
      "parameter scale of Normal is not usable. Expected numbers above 0",
    ],
    ["NaN", () => new distributions.Normal(Number.NaN, 1), "parameter loc of Normal"],
    ["an interval that is none", () => new distributions.Uniform(1, 1), "low is not below high"],
    [
      "a probability above 1",
      () => new distributions.Bernoulli({ probs: 1.5 }),
      "Expected numbers from 0 to 1. Received 1.5.",
    ],
    [
      "probabilities that are all 0",
      () => new distributions.Categorical({ probs: tf.zeros([3]) }),
      "whose sum is above 0",
    ],
    ["both kinds", () => new distributions.Bernoulli({ probs: 0.5, logits: 0 }), "needs probs or logits"],
    [
      "a matrix that is not symmetric",
      () =>
        new distributions.MultivariateNormal(tf.zeros([2]), {
          covarianceMatrix: tf.tensor2d([
            [1, 2],
            [0, 1],
          ]),
        }),
      "positive definite",
    ],
    [
      "a matrix that is not positive definite",
      () =>
        new distributions.MultivariateNormal(tf.zeros([2]), {
          precisionMatrix: tf.tensor2d([
            [1, 2],
            [2, 1],
          ]),
        }),
      "parameter precisionMatrix of MultivariateNormal is not usable. Expected symmetric positive definite matrices",
    ],
    [
      "two matrices",
      () => new distributions.MultivariateNormal(tf.zeros([2]), { covarianceMatrix: tf.eye(2), scaleTril: tf.eye(2) }),
      "needs one matrix",
    ],
    [
      "a matrix of another size",
      () => new distributions.MultivariateNormal(tf.zeros([3]), { scaleTril: tf.eye(2) }),
      "does not fit its loc",
    ],
    [
      "too many dimensions",
      () => new distributions.Independent(new distributions.Normal(0, 1), 1),
      "a whole number from 0 to 0",
    ],
    [
      "a value outside of its support",
      () => new distributions.Exponential(1).logProb(tf.scalar(-1)),
      "value of Exponential.logProb",
    ],
    [
      "a class that is not there",
      () => new distributions.Categorical({ probs: tf.ones([3]) }).logProb(tf.scalar(3)),
      "whole numbers from 0 to 2",
    ],
    [
      "a value of another shape",
      () => new distributions.Normal(tf.zeros([3]), 1).logProb(tf.zeros([2])),
      "broadcasts with [3]",
    ],
    [
      "gradients of classes",
      () => new distributions.Categorical({ probs: tf.ones([3]) }).rsample(),
      "draws without gradients only",
    ],
    [
      "the mean of a transformed distribution",
      () => new distributions.TransformedDistribution(new distributions.Normal(0, 1), []).mean,
      "knows no formula for its mean",
    ],
    [
      "the divergence of unlike ones",
      () => distributions.klDivergence(new distributions.Uniform(0, 1), new distributions.Laplace(0, 1)),
      "no formula for the divergence of Uniform and Laplace",
    ],
  ])("refuse %s", (_, make, message) => {
    using _scope = tensorScope();
    expect(make).toThrow(message);
  });

  it("check nothing when told not to", () => {
    using _scope = tensorScope();
    expect(() => new distributions.Normal(0, -1, { validateArgs: false })).not.toThrow();
    distributions.setDefaultValidateArgs(false);
    expect(() => new distributions.Normal(0, -1)).not.toThrow();
    distributions.setDefaultValidateArgs(true);
    expect(() => new distributions.Normal(0, -1)).toThrow("not usable");
  });
});
