import { beforeAll, describe, expect, it } from "vitest";
import { setGrad } from "../../autograd/gradients-of-variables.js";
import { Parameter } from "../../autograd/parameter.js";
import { resolveBackend } from "../../backend/resolve-backend.js";
import { tf } from "../../tensor/tf.js";
import * as optim from "../namespace.js";
import type { OptimizerState } from "../optimizer-state.js";

interface Part {
  readonly shapes: number[][];
  readonly starts: number[][];
  readonly grads: (number[] | null)[][];
  readonly cases: {
    readonly optimizer: keyof typeof kinds;
    readonly options: object;
    readonly after: Record<string, number[][]>;
    readonly state: Record<string, Record<string, { shape: number[]; values: number[] } | number | null>>;
    readonly param_groups: { readonly params: number[] }[];
  }[];
}

const kinds = {
  ...{ SGD: optim.SGD, Adam: optim.Adam, AdamW: optim.AdamW, RMSprop: optim.RMSprop, Adagrad: optim.Adagrad },
  ...{ Adadelta: optim.Adadelta, NAdam: optim.NAdam, RAdam: optim.RAdam, Adamax: optim.Adamax, ASGD: optim.ASGD },
  ...{ Rprop: optim.Rprop, Adafactor: optim.Adafactor, Muon: optim.Muon, SparseAdam: optim.SparseAdam },
};

/** What torch computed: tests/parity/record_optimizer_steps.py, and record_sparse_adam.py. */
export interface RecordedSteps {
  readonly parts: readonly Part[];
}

type Case = Part["cases"][number] & { readonly part: Part };

/**
 * Thirty steps of float32 on both sides. Where a mean of squares is divided by, or a variance is a difference of two
 * means, one rounding counts several times; Muon's products are rounded to eight bits, and one that falls the other way
 * moves a parameter by the rate times 2^-8.
 */
const TOLERANCES: Partial<Record<keyof typeof kinds, number>> = { RMSprop: 2e-5, Muon: 4e-3 };

/** Every recorded case on one backend. */
export function describeRecordedSteps(recorded: RecordedSteps, backend: string, threads?: number): void {
  const cases: readonly Case[] = recorded.parts.flatMap((part) => part.cases.map((one) => ({ part, ...one })));
  describe.each(cases)(`$optimizer with $options on ${backend}`, (wanted) => {
    beforeAll(async () => {
      await resolveBackend(backend, threads === undefined ? {} : { threads });
    });
    it("goes thirty steps as torch does, and remembers the same under the same names", () => goAsTorch(wanted));
    it("takes over torch's own state", () => takeOver(wanted));
    it("goes on bit by bit from a saved state", () => goOn(wanted));
  });
}

function goAsTorch(wanted: Case): void {
  const before = tf.memory().numTensors;
  const params = makeParams(wanted);
  const optimizer = make(wanted, params);
  for (let step = 0; step < wanted.part.grads.length; step += 1) {
    take(wanted, optimizer, params, step);
    wanted.after[step + 1]?.forEach((values, i) =>
      expectClose(wanted, [...(params[i]?.dataSync() ?? [])], values, `parameter ${i} after step ${step + 1}`),
    );
  }
  const { state, param_groups } = optimizer.stateDict();
  expect(withoutNothing(JSON.parse(JSON.stringify(param_groups)))).toEqual(withoutNothing(wanted.param_groups));
  for (const [number, entry] of Object.entries(wanted.state)) {
    const own = state[number] ?? {};
    const entries = Object.entries(entry).filter(([, value]) => value !== null);
    expect(Object.keys(own).sort()).toEqual(entries.map(([key]) => key).sort());
    for (const [key, value] of entries) {
      const mine = own[key];
      if (typeof value !== "object" || value === null) throw new Error("torch keeps tensors");
      if (mine instanceof tf.Tensor) expect(mine.shape).toEqual(value.shape);
      expectClose(wanted, mine instanceof tf.Tensor ? [...mine.dataSync()] : [Number(mine)], value.values, key);
    }
  }
  release(optimizer, params);
  expect(tf.memory().numTensors).toBe(before);
}

function takeOver(wanted: Case): void {
  const params = makeParams(wanted);
  const optimizer = make(wanted, params);
  optimizer.loadStateDict(torchState(wanted));
  for (const [number, entry] of Object.entries(optimizer.stateDict().state))
    for (const [key, value] of Object.entries(entry)) {
      const saved = wanted.state[number]?.[key];
      const values = typeof saved === "object" && saved !== null ? saved.values : [Number.NaN];
      expect(value instanceof tf.Tensor ? [...value.dataSync()] : [value], key).toEqual(values.map(Math.fround));
    }
  release(optimizer, params);
}

function goOn(wanted: Case): void {
  const params = makeParams(wanted);
  const optimizer = make(wanted, params);
  for (let step = 0; step < 8; step += 1) take(wanted, optimizer, params, step);
  const copies = params.map((param) => Parameter.fromData(param.dataSync(), param.shape));
  const resumed = make(wanted, copies);
  resumed.loadStateDict(JSON.parse(JSON.stringify(onHost(optimizer.stateDict())), revive));
  for (let step = 8; step < 14; step += 1) {
    take(wanted, optimizer, params, step);
    take(wanted, resumed, copies, step);
  }
  expect(copies.map((param) => [...param.dataSync()])).toEqual(params.map((param) => [...param.dataSync()]));
  release(optimizer, params);
  release(resumed, copies);
}

function expectClose({ optimizer }: Case, actual: readonly number[], expected: readonly number[], what: string): void {
  const tolerance = TOLERANCES[optimizer] ?? 5e-6;
  expect(actual, what).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    const target = expected[i] ?? Number.NaN;
    expect(Math.abs(value - target), `${what}[${i}]: ${value}, ${target}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(target)),
    );
  });
}

function makeParams({ part }: Case): Parameter[] {
  return part.starts.map((values, i) => Parameter.fromData(values, part.shapes[i] ?? []));
}

function make({ optimizer, options }: Case, params: readonly Parameter[]): optim.Optimizer {
  const groups = [{ params: params.slice(0, 2) }, { params: params.slice(2), lr: 0.03 }];
  const made: unknown = Reflect.construct(kinds[optimizer], [groups, options]);
  if (made instanceof optim.Optimizer) return made;
  throw new TypeError(`${optimizer} is no optimizer`);
}

function take({ part }: Case, optimizer: optim.Optimizer, params: readonly Parameter[], step: number): void {
  for (const [i, values] of (part.grads[step] ?? []).entries()) {
    const param = params[i];
    if (param !== undefined) setGrad(param, values === null ? null : tf.keep(tf.tensor(values, param.shape)));
  }
  tf.tidy(() => void optimizer.step());
}

function release(optimizer: optim.Optimizer, params: readonly Parameter[]): void {
  optimizer.dispose();
  for (const param of params) param.dispose();
}

/** Torch writes None where nothing was chosen. */
function withoutNothing(groups: readonly object[]): object[] {
  return groups.map((group) => Object.fromEntries(Object.entries(group).filter(([, value]) => value !== null)));
}

/** What `torch.load` gives a reader: tensors with values on the host. */
function torchState({ state, param_groups }: Pick<Part["cases"][number], "state" | "param_groups">): OptimizerState {
  const entries = Object.entries(state).map(([number, entry]) => {
    const values = Object.entries(entry).map(
      ([key, value]) =>
        [
          key,
          typeof value === "object" && value !== null
            ? tf.buffer(value.shape, "float32", Float32Array.from(value.values))
            : value,
        ] as const,
    );
    return [number, Object.fromEntries(values)] as const;
  });
  return { state: Object.fromEntries(entries), param_groups };
}

/** What a checkpoint keeps: numbers, and tensors as their values. */
function onHost(state: OptimizerState): object {
  const entries = Object.entries(state.state).map(([number, entry]) => {
    const values = Object.entries(entry).map(
      ([key, value]) =>
        [key, value instanceof tf.Tensor ? { shape: value.shape, tensor: [...value.dataSync()] } : value] as const,
    );
    return [number, Object.fromEntries(values)] as const;
  });
  return { ...state, state: Object.fromEntries(entries) };
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("tensor" in value) || !("shape" in value)) return value;
  const { shape, tensor } = value;
  if (!Array.isArray(shape) || !Array.isArray(tensor)) return value;
  return tf.buffer(shape, "float32", Float32Array.from(tensor));
}
