import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { backward } from "../autograd/backward.js";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import * as nn from "../nn/index.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { ourName } from "./optimizer-state.js";
import * as optim from "./namespace.js";

interface Numbers {
  readonly shape: number[];
  readonly values: number[];
}

interface LazyCase {
  readonly optimizer: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Why torch refuses it. */
  readonly error: string | null;
  readonly losses: readonly number[];
}

/** What torch computed: tests/parity/record_lazy_optimizers.py. */
const recorded: {
  readonly x: Numbers;
  readonly y: Numbers;
  readonly weights: Readonly<Record<string, Numbers>>;
  readonly cases: readonly LazyCase[];
} = JSON.parse(readFileSync(new URL("fixtures/lazy-optimizers.json", import.meta.url), "utf8"));

type AnyOptimizer = new (params: unknown, options: object) => optim.Optimizer;

const lazyModel = () => new nn.Sequential(new nn.LazyLinear(3), new nn.Tanh(), new nn.LazyLinear(2));
const tensor = ({ values, shape }: Numbers): tf.Tensor => tf.tensor(values, shape);

function make({ optimizer, options }: LazyCase, params: unknown): optim.Optimizer {
  const Optim = new Map<string, unknown>(Object.entries(optim)).get(optimizer) as AnyOptimizer;
  return new Optim(params, Object.fromEntries(Object.entries(options).map(([key, value]) => [ourName(key), value])));
}

/** Five steps; the model has its weights when it has run for the first time. */
function train(optimizer: optim.Optimizer, model: nn.Sequential): number[] {
  let isFirst = true;
  return Array.from({ length: 5 }, () => {
    using _scope = tensorScope();
    const [x, y] = [tensor(recorded.x), tensor(recorded.y)];
    const loss = optimizer.step(() => {
      optimizer.zeroGrad();
      if (isFirst) {
        model.forward(x);
        model.loadStateDict(recorded.weights);
        isFirst = false;
      }
      const value = tf.mean(tf.square(tf.sub(model.forward(x), y)));
      backward(value);
      return value;
    });
    return loss?.dataSync()[0] ?? Number.NaN;
  });
}

describe.each((await backendsUnderTest()).filter((name) => name !== "tensorflow"))("on %s, an optimizer", (backend) => {
  beforeAll(async () => void (await resolveBackend(backend)));

  it.each(recorded.cases.filter(({ error }) => error === null))(
    "that was made before its lazy model saw an input trains as torch's: $optimizer",
    (wanted) => {
      const model = lazyModel();
      const optimizer = make(wanted, model.parameters());
      const losses = train(optimizer, model);
      // Float32 on both sides; a step of LBFGS is four iterations.
      losses.forEach((loss, i) => expect(loss, `step ${i + 1}`).toBeCloseTo(wanted.losses[i] ?? Number.NaN, 4));
      optimizer.dispose();
      model.dispose();
    },
  );
});

describe("an optimizer of lazy parameters that torch refuses", () => {
  beforeAll(async () => void (await resolveBackend("cpu")));

  it("is Adagrad, which sets up its state at once there; here it waits as the others do", () => {
    const model = lazyModel();
    const optimizer = new optim.Adagrad(model.parameters(), { lr: 0.05 });
    const losses = train(optimizer, model);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    model.dispose();
  });

  it("is Muon, which has to see that its parameters are matrices: it says what to do first", () => {
    const model = lazyModel();
    const weights = model.parameters().filter((_, i) => i % 2 === 0);
    expect(() => new optim.Muon(weights)).toThrow(
      /weight of LazyLinear has no shape.*run the model on one batch first/,
    );
    tf.tidy(() => model.forward(tf.zeros([1, 2])));
    expect(() => new optim.Muon(weights)).not.toThrow();
    model.dispose();
  });

  it("are no others", () => {
    const names = recorded.cases.flatMap(({ optimizer, error }) => (error === null ? [] : [optimizer]));
    expect(names).toEqual(["Adagrad", "Muon"]);
  });
});

describe("LBFGS of a lazy model", () => {
  beforeAll(async () => void (await resolveBackend("cpu")));

  it("leaves a model that has seen nothing as it is when the first closure throws", () => {
    const model = lazyModel();
    const optimizer = new optim.LBFGS(model.parameters());
    expect(() =>
      optimizer.step(() => {
        throw new Error("no data");
      }),
    ).toThrow("no data");
    expect(model.parameters().every(nn.isLazy)).toBe(true);
    expect(train(optimizer, model).at(-1)).toBeLessThan(1);
    model.dispose();
  });

  it("says so when a state is loaded before the model has shapes", () => {
    const model = lazyModel();
    const optimizer = new optim.LBFGS(model.parameters());
    const state = { ...optimizer.stateDict(), state: { 0: { d: tf.buffer([3]), func_evals: 1, n_iter: 1 } } };
    expect(() => optimizer.loadStateDict(state)).toThrow(/has no shape and no values yet/);
  });
});
