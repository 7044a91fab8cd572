import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { setGrad } from "../autograd/gradients-of-variables.js";
import { Parameter } from "../autograd/parameter.js";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { tf } from "../tensor/tf.js";
import { Adam, AdamW } from "./adam.js";
import type { Optimizer } from "./optimizer.js";
import type { OptimizerState } from "./optimizer-state.js";
import { SGD } from "./sgd.js";

interface Recorded {
  readonly shapes: number[][];
  readonly starts: number[][];
  readonly grads: (number[] | null)[][];
  readonly cases: {
    readonly optimizer: "SGD" | "Adam" | "AdamW";
    readonly options: object;
    readonly after: number[][][];
    readonly state: Record<string, Record<string, number[] | number>>;
  }[];
}

/** What torch computed: tests/parity/record_optimizers.py. */
const recorded: Recorded = JSON.parse(readFileSync(new URL("./fixtures/optimizers.json", import.meta.url), "utf8"));
const kinds = { SGD, Adam, AdamW };

const makeParams = () => recorded.starts.map((values, i) => Parameter.fromData(values, recorded.shapes[i] ?? []));

function giveGrads(params: readonly Parameter[], step: number): void {
  for (const [i, values] of (recorded.grads[step] ?? []).entries()) {
    const param = params[i];
    if (param !== undefined) setGrad(param, values === null ? null : tf.keep(tf.tensor(values, param.shape)));
  }
}

const read = (tensors: readonly tf.Tensor[]) => tensors.map((tensor) => [...tensor.dataSync()]);

/** Float32 on both sides; six steps of rounding. */
function expectClose(actual: readonly number[], expected: readonly number[] = []): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) =>
    expect(Math.abs(value - (expected[i] ?? Number.NaN))).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(value))),
  );
}

function release(optimizer: Optimizer, params: readonly Parameter[]): void {
  optimizer.dispose();
  for (const param of params) param.dispose();
}

const cases = (await backendsUnderTest()).flatMap((backend) =>
  recorded.cases.map((recordedCase) => ({ backend, ...recordedCase })),
);

describe.each(cases)("$optimizer with $options on $backend", ({ backend, optimizer: name, options, after, state }) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it("updates as torch does, passing over a parameter without a gradient", () => {
    const before = tf.memory().numTensors;
    const params = makeParams();
    const optimizer = new kinds[name](params, options);
    for (const [step, expected] of after.entries()) {
      giveGrads(params, step);
      tf.tidy(() => void optimizer.step());
      read(params).forEach((values, i) => expectClose(values, expected[i]));
    }
    for (const [number, entry] of Object.entries(optimizer.stateDict().state)) {
      expect(Object.keys(entry).sort()).toEqual(Object.keys(state[number] ?? {}).sort());
      for (const [key, value] of Object.entries(entry)) {
        const wanted = state[number]?.[key];
        if (typeof value === "number") expect(value).toBe(wanted);
        else
          expectClose(
            [...(value instanceof tf.Tensor ? value.dataSync() : [])],
            typeof wanted === "object" ? wanted : [],
          );
      }
    }
    release(optimizer, params);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("goes on from a saved state exactly as without the interruption", () => {
    const params = makeParams();
    const optimizer = new kinds[name](params, options);
    for (const step of [0, 1, 2]) {
      giveGrads(params, step);
      optimizer.step();
    }
    const saved = onHost(optimizer.stateDict());
    const copies = params.map((param) => Parameter.fromData(param.dataSync(), param.shape));
    const resumed = new kinds[name](copies, {});
    resumed.loadStateDict(saved);
    for (const step of [3, 4]) {
      giveGrads(params, step);
      giveGrads(copies, step);
      optimizer.step();
      resumed.step();
    }
    expect(read(copies)).toEqual(read(params));
    release(optimizer, params);
    release(resumed, copies);
  });
});

/** What a checkpoint gives back: values on the host. */
function onHost(state: OptimizerState): OptimizerState {
  const entries = Object.entries(state.state).map(([number, entry]) => {
    const values = Object.entries(entry).map(
      ([key, value]) => [key, value instanceof tf.Tensor ? value.bufferSync() : value] as const,
    );
    return [number, Object.fromEntries(values)] as const;
  });
  return { state: Object.fromEntries(entries), param_groups: JSON.parse(JSON.stringify(state.param_groups)) };
}
