import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { backward } from "../../autograd/backward.js";
import { Parameter } from "../../autograd/parameter.js";
import { backendsUnderTest } from "../../backend/backends-under-test.js";
import { resolveBackend } from "../../backend/resolve-backend.js";
import { tensorScope } from "../../tensor/tensor-scope.js";
import { tf } from "../../tensor/tf.js";
import type { OptimizerState } from "../optimizer-state.js";
import { LBFGS } from "./lbfgs.js";

type Problem = "classifier" | "valley";

interface Recorded {
  readonly x: number[];
  readonly y: number[];
  readonly starts: Record<Problem, { readonly shape: number[]; readonly values: number[] }[]>;
  readonly cases: {
    readonly problem: Problem;
    readonly options: object;
    readonly steps: { readonly loss: number; readonly calls: number; readonly params: number[][] }[];
    readonly counts: [number, number];
    readonly keys: string[];
    readonly d: number[];
  }[];
}

/** What torch computed: tests/parity/record_lbfgs.py. */
const recorded: Recorded = JSON.parse(readFileSync(new URL("./fixtures/lbfgs.json", import.meta.url), "utf8"));

const makeParams = (problem: Problem) =>
  recorded.starts[problem].map(({ shape, values }) => Parameter.fromData(values, shape));

function lossOf(problem: Problem, [first, second]: readonly Parameter[]): tf.Tensor {
  if (first === undefined || second === undefined) throw new Error("two parameters");
  if (problem === "classifier") {
    const logits = tf.add(tf.matMul(tf.tensor2d(recorded.x, [12, 4]), first.as2D(3, 4), false, true), second);
    const logProbs = tf.logSoftmax(logits);
    const picked = tf.sum(tf.mul(logProbs, tf.oneHot(tf.tensor1d(recorded.y, "int32"), 3)));
    return tf.add(tf.div(picked, -12), tf.mul(tf.sum(tf.square(first)), 0.01));
  }
  const [a, b] = [tf.slice(first, 0, 1), tf.slice(first, 1, 1)];
  const valley = tf.mul(tf.square(tf.sub(b, tf.square(a))), 10);
  return tf.sum(tf.addN([valley, tf.square(tf.sub(1, a)), tf.square(tf.sub(second, a))]));
}

/** Steps, counting how often the closure is called. */
function trainer(problem: Problem, options: object) {
  const params = makeParams(problem);
  const optimizer = new LBFGS(params, options);
  const sign = "maximize" in options ? -1 : 1;
  let calls = 0;
  const step = (): number => {
    using _scope = tensorScope();
    const loss = optimizer.step(() => {
      calls += 1;
      optimizer.zeroGrad();
      const value = tf.mul(lossOf(problem, params), sign);
      backward(value);
      return value;
    });
    return Number(loss.dataSync()[0]);
  };
  const read = () => params.map((param) => [...param.dataSync()]);
  const dispose = () => {
    optimizer.zeroGrad();
    for (const param of params) param.dispose();
  };
  return { params, optimizer, step, read, dispose, calls: () => calls };
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    const target = expected[i] ?? Number.NaN;
    expect(Math.abs(value - target), `${value}, ${target}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(target)),
    );
  });
}

const cases = (await backendsUnderTest()).flatMap((backend) => recorded.cases.map((one) => ({ backend, ...one })));

/** A search takes a rounding of one gradient into the length of the next step, some thirty evaluations long. */
const TOLERANCE = 2e-4;

describe.each(cases)("LBFGS with $options on $backend: $problem", ({ backend, problem, options, ...wanted }) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it("asks as often as torch and goes where it goes", () => {
    const training = trainer(problem, options);
    for (const { loss, calls, params } of wanted.steps) {
      expectClose([training.step()], [loss], TOLERANCE);
      expect(training.calls()).toBe(calls);
      training.read().forEach((values, i) => expectClose(values, params[i] ?? [], TOLERANCE));
    }
    const state = training.optimizer.stateDict().state["0"] ?? {};
    expect([state["func_evals"], state["n_iter"]]).toEqual(wanted.counts);
    expect(Object.keys(state).sort()).toEqual(wanted.keys);
    training.dispose();
  });
});

describe("LBFGS", () => {
  beforeAll(async () => {
    await resolveBackend("cpu");
  });

  const options = { lineSearchFn: "strong_wolfe", maxIter: 3 } as const;

  it.each([
    ["with a line search", options],
    ["without one", { maxIter: 4 }],
  ])("goes on bit by bit from a state that was saved %s", (_how, given) => {
    const training = trainer("classifier", given);
    training.step();
    training.step();
    const saved = training.optimizer.stateDict();
    const resumed = trainer("classifier", {});
    training.params.forEach((param, i) => resumed.params[i]?.setData(Float32Array.from(param.dataSync())));
    resumed.optimizer.loadStateDict(saved);
    expect(resumed.step()).toBe(training.step());
    expect(resumed.read()).toEqual(training.read());
    expect(resumed.optimizer.stateDict()).toEqual(training.optimizer.stateDict());
    training.dispose();
    resumed.dispose();
  });

  it("leaves parameters and history as they were when a closure throws", () => {
    const training = trainer("valley", options);
    const untouched = trainer("valley", options);
    training.step();
    untouched.step();
    let calls = 0;
    const throwing = () => {
      calls += 1;
      if (calls === 3) throw new Error("out of data");
      training.optimizer.zeroGrad();
      const loss = lossOf("valley", training.params);
      backward(loss);
      return loss;
    };
    using scope = tensorScope();
    expect(() => training.optimizer.step(throwing)).toThrow("out of data");
    scope.close();
    expect(training.read()).toEqual(untouched.read());
    expect(training.step()).toBe(untouched.step());
    expect(training.read()).toEqual(untouched.read());
    training.dispose();
    untouched.dispose();
  });

  it.each<[string, (param: Parameter) => unknown, string]>([
    ["a step without a closure", (param) => new LBFGS([param]).step(), "asks for the loss several times a step"],
    ["a closure that returns nothing", (param) => new LBFGS([param]).step(() => undefined), "Received undefined"],
    ["several groups", (param) => new LBFGS([{ params: [param] }, { params: [] }]), "one group of parameters"],
    [
      "another line search",
      (param) => new LBFGS([param], JSON.parse('{"lineSearchFn":"armijo"}')),
      'Expected "strong_wolfe", or none.',
    ],
  ])("refuses %s", (_, make, message) => {
    const param = Parameter.fromData([1], [1]);
    expect(() => make(param)).toThrow(message);
    param.dispose();
  });

  it.each<[string, OptimizerState["state"], string]>([
    ["another number of elements", { 0: { d: tf.buffer([9]), func_evals: 1, n_iter: 1 } }, "does not fit: d"],
    ["no counts", { 0: { d: tf.buffer([3]) } }, "no usable func_evals"],
    ["several parameters", { 0: {}, 1: {} }, "values for parameter 0 only"],
  ])("refuses a state with %s and changes nothing", (_, state, message) => {
    const training = trainer("valley", options);
    training.step();
    const before = training.optimizer.stateDict();
    expect(() => training.optimizer.loadStateDict({ ...before, state })).toThrow(message);
    expect(training.optimizer.stateDict()).toEqual(before);
    training.dispose();
  });
});
