import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { grad } from "../autograd/grad.js";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { ourName } from "../optim/optimizer-state.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import * as distributions from "./namespace.js";

type Numbers = readonly (number | "Infinity" | "-Infinity")[];

interface Packed {
  readonly shape: number[];
  readonly values: Numbers;
}

interface Seen extends Packed {
  readonly gradients: Readonly<Record<string, Packed>>;
}

type Params = Readonly<Record<string, Packed>>;

interface Recorded {
  readonly cases: {
    readonly kind: keyof typeof makers;
    readonly params: Params;
    readonly other: Params;
    readonly value: Packed & { readonly dtype: "float32" | "int32" };
    readonly logProb: Seen;
    readonly entropy: Seen;
    readonly mean: Seen | null;
    readonly variance: Seen | null;
    readonly kl: Seen;
  }[];
  readonly composed: {
    readonly params: Params;
    readonly value: Packed;
    readonly independent: Seen;
    readonly entropy: Seen;
    readonly kl: Seen;
    readonly squashed: Seen;
  };
  readonly unlike: {
    readonly pairs: {
      readonly kind: keyof typeof makers;
      readonly target: keyof typeof makers;
      readonly params: Params;
      readonly other: Params;
      readonly kl: Seen;
    }[];
    readonly unknown: [kind: keyof typeof makers, target: keyof typeof makers][];
  };
  readonly transformed: { readonly params: Params; readonly kl: Seen };
}

/** What torch computed: tests/parity/record_distributions.py. */
const recorded: Recorded = JSON.parse(readFileSync(new URL("./fixtures/distributions.json", import.meta.url), "utf8"));

type Tensors = Readonly<Record<string, tf.Tensor>>;
const at = (tensors: Tensors, name: string): tf.Tensor => tensors[name] ?? tf.scalar(Number.NaN);

const makers = {
  Normal: (p: Tensors) => new distributions.Normal(at(p, "loc"), at(p, "scale")),
  Laplace: (p: Tensors) => new distributions.Laplace(at(p, "loc"), at(p, "scale")),
  Exponential: (p: Tensors) => new distributions.Exponential(at(p, "rate")),
  Uniform: (p: Tensors) => new distributions.Uniform(at(p, "low"), at(p, "high")),
  Gamma: (p: Tensors) => new distributions.Gamma(at(p, "concentration"), at(p, "rate")),
  Beta: (p: Tensors) => new distributions.Beta(at(p, "concentration1"), at(p, "concentration0")),
  Dirichlet: (p: Tensors) => new distributions.Dirichlet(at(p, "concentration")),
  Bernoulli: (p: Tensors) => new distributions.Bernoulli(p),
  Categorical: (p: Tensors) => new distributions.Categorical(p),
  OneHotCategorical: (p: Tensors) => new distributions.OneHotCategorical(p),
  MultivariateNormal: ({ loc = tf.scalar(0), ...matrix }: Tensors) => new distributions.MultivariateNormal(loc, matrix),
};

const unpack = ({ shape, values }: Packed, dtype: "float32" | "int32" = "float32") =>
  tf.tensor(values.map(Number), shape, dtype);

function variables(params: Params): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(params).map(([name, packed]) => [ourName(name), tf.variable(unpack(packed))]),
  );
}

/**
 * Float32 on both sides. The logarithm of the gamma function is 3e-6 exact; where a divergence adds four of them up to
 * 60 the difference may be 2e-4.
 */
function expectClose(actual: tf.Tensor, wanted: Packed, what: string): void {
  expect(actual.shape, what).toEqual(wanted.shape);
  const scale = Math.max(1, ...wanted.values.map((value) => Math.abs(Number(value))).filter(Number.isFinite));
  actual.dataSync().forEach((value, i) => {
    const target = Number(wanted.values[i]);
    if (!Number.isFinite(target)) expect(value, what).toBe(target);
    else
      expect(Math.abs(value - target), `${what}[${i}]: ${value}, ${target}`).toBeLessThanOrEqual(
        1e-5 * Math.max(10, scale),
      );
  });
}

/** The result, and its gradients where it is finite. */
function expectSeen(compute: () => tf.Tensor, wanted: Seen, params: Record<string, tf.Tensor>, what: string): void {
  using _scope = tensorScope();
  const result = compute();
  expectClose(result, wanted, what);
  const names = Object.keys(wanted.gradients);
  if (names.length === 0) return;
  const total = tf.sum(tf.where(tf.isFinite(result), result, tf.zerosLike(result)));
  const key = (name: string) => (name.startsWith("other ") ? `other ${ourName(name.slice(6))}` : ourName(name));
  const gradients = grad(
    total,
    names.map((name) => at(params, key(name))),
    { allowUnused: true },
  );
  names.forEach((name, i) => {
    const gradient = gradients[i];
    const target = wanted.gradients[name];
    if (target === undefined) return;
    const isZero = target.values.every((value) => value === 0);
    if (gradient === null || gradient === undefined) expect(isZero, `${what} has a gradient of ${name}`).toBe(true);
    else expectClose(gradient, target, `${what} by ${name}`);
  });
}

const cases = (await backendsUnderTest()).flatMap((backend) => recorded.cases.map((one) => ({ backend, ...one })));

describe.each(cases)("$kind of $params on $backend", ({ backend, kind, params, other, value, ...wanted }) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it("has torch's log-probabilities, entropy, moments and divergence, and their gradients", () => {
    using _scope = tensorScope();
    const [own, others] = [variables(params), variables(other)];
    const make = () => makers[kind](own);
    const second = Object.fromEntries(Object.entries(others).map(([name, tensor]) => [`other ${name}`, tensor]));
    expectSeen(() => make().logProb(unpack(value, value.dtype)), wanted.logProb, own, "logProb");
    expectSeen(() => make().entropy(), wanted.entropy, own, "entropy");
    if (wanted.mean !== null) expectSeen(() => make().mean, wanted.mean, own, "mean");
    if (wanted.variance !== null) expectSeen(() => make().variance, wanted.variance, own, "variance");
    const divergence = () => distributions.klDivergence(make(), makers[kind](others));
    expectSeen(divergence, wanted.kl, { ...own, ...second }, "kl");
    tf.dispose([own, others]);
  });
});

describe.each(await backendsUnderTest())("composed distributions on %s", (backend) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it("sum over events and follow transforms as torch's do", () => {
    using _scope = tensorScope();
    const { params, value, ...wanted } = recorded.composed;
    const own = variables(params);
    const base = () => new distributions.Independent(new distributions.Normal(at(own, "loc"), at(own, "scale")), 1);
    const standard = new distributions.Independent(new distributions.Normal(tf.zeros([2, 2]), tf.ones([2, 2])), 1);
    const squashed = () =>
      new distributions.TransformedDistribution(base(), [
        new distributions.TanhTransform(),
        new distributions.AffineTransform(at(own, "shift"), at(own, "stretch")),
      ]);
    expectSeen(() => base().logProb(unpack(value)), wanted.independent, own, "independent");
    expectSeen(() => base().entropy(), wanted.entropy, own, "entropy");
    expectSeen(() => distributions.klDivergence(base(), standard), wanted.kl, own, "kl");
    expectSeen(() => squashed().logProb(unpack(value)), wanted.squashed, own, "squashed");
    tf.dispose(own);
  });
});

describe.each(await backendsUnderTest())("divergences of different kinds on %s", (backend) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it.each(recorded.unlike.pairs)("of $kind and $target are torch's, with gradients", (pair) => {
    const [own, others] = [variables(pair.params), variables(pair.other)];
    const second = Object.fromEntries(Object.entries(others).map(([name, tensor]) => [`other ${name}`, tensor]));
    const divergence = () => distributions.klDivergence(makers[pair.kind](own), makers[pair.target](others));
    expectSeen(divergence, pair.kl, { ...own, ...second }, "kl");
    tf.dispose([own, others]);
  });

  it("are unknown where torch knows none", () => {
    using _scope = tensorScope();
    const params = new Map(
      recorded.unlike.pairs.flatMap((one) => [[one.kind, one.params] as const, [one.target, one.other] as const]),
    );
    params.set("Bernoulli", { probs: { shape: [1], values: [0.5] } });
    params.set("Dirichlet", { concentration: { shape: [1, 2], values: [1, 1] } });
    const make = (kind: keyof typeof makers) => makers[kind](variables(params.get(kind) ?? {}));
    expect(recorded.unlike.unknown.length).toBeGreaterThan(10);
    for (const [kind, target] of recorded.unlike.unknown)
      expect(() => distributions.klDivergence(make(kind), make(target)), `${kind} and ${target}`).toThrow(/no formula/);
  });

  it("of what the same functions made are those of what it was made of", () => {
    using _scope = tensorScope();
    const { params, kl } = recorded.transformed;
    const own = variables(params);
    const transforms = (loc = 1) => [new distributions.TanhTransform(), new distributions.AffineTransform(loc, 2)];
    const made = (base: distributions.Uniform | distributions.Exponential, loc?: number) =>
      new distributions.TransformedDistribution(base, transforms(loc));
    const p = () => made(new distributions.Uniform(at(own, "low"), at(own, "high")));
    const q = (loc?: number) => made(new distributions.Exponential(at(own, "rate")), loc);
    expectSeen(() => distributions.klDivergence(p(), q()), kl, own, "kl");
    expect(() => distributions.klDivergence(p(), q(2))).toThrow(/no formula/);
    const shorter = new distributions.TransformedDistribution(q().baseDist, transforms().slice(0, 1));
    expect(() => distributions.klDivergence(p(), shorter)).toThrow(/no formula/);
    tf.dispose(own);
  });
});
