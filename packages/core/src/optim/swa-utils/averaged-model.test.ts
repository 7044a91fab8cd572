import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { Parameter } from "../../autograd/parameter.js";
import { backendsUnderTest } from "../../backend/backends-under-test.js";
import { resolveBackend } from "../../backend/resolve-backend.js";
import { Sequential } from "../../nn/containers/sequential.js";
import { BatchNorm1d } from "../../nn/layers/batch-norm.js";
import { Linear } from "../../nn/layers/linear.js";
import { noGrad } from "../../tensor/recording.js";
import { tf } from "../../tensor/tf.js";
import * as swaUtils from "./namespace.js";

interface Recorded {
  readonly loader: number[][];
  readonly cases: {
    readonly name: keyof typeof options;
    readonly start: Record<string, { readonly shape: number[]; readonly values: number[] }>;
    readonly after: Record<string, number[]>;
    readonly withBn: Record<string, number[]>;
    readonly output: number[];
  }[];
}

/** What torch computed: tests/parity/record_swa.py. */
const recorded: Recorded = JSON.parse(readFileSync(new URL("./fixtures/swa.json", import.meta.url), "utf8"));

const options: Record<"mean" | "swaAvgFn" | "avgFn" | "ema" | "buffers", swaUtils.AveragedModelOptions> = {
  mean: {},
  swaAvgFn: { avgFn: swaUtils.getSwaAvgFn() },
  avgFn: { avgFn: swaUtils.getEmaAvgFn(0.8) },
  ema: { multiAvgFn: swaUtils.getEmaMultiAvgFn(0.9) },
  buffers: { multiAvgFn: swaUtils.getEmaMultiAvgFn(0.7), useBuffers: true },
};

const makeModel = () => new Sequential(new Linear(3, 4), new BatchNorm1d(4), new Linear(4, 2));
const batches = () => recorded.loader.map((values) => tf.tensor2d(values, [5, 3]));

/** Float32 on both sides, four averages and a variance. */
function expectClose(actual: Iterable<number>, expected: readonly number[] = [], what = ""): void {
  const values = [...actual];
  expect(values, what).toHaveLength(expected.length);
  values.forEach((value, i) => {
    const wanted = expected[i] ?? Number.NaN;
    expect(Math.abs(value - wanted), `${what}: ${value}, ${wanted}`).toBeLessThanOrEqual(
      1e-5 * Math.max(1, Math.abs(wanted)),
    );
  });
}

const cases = (await backendsUnderTest()).flatMap((backend) => recorded.cases.map((one) => ({ backend, ...one })));

describe.each(cases)("an averaged model ($name) on $backend", ({ backend, name, start, ...wanted }) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it("has torch's averages, keys, statistics and outputs, and leaves the model as it is", async () => {
    const model = makeModel();
    model.loadStateDict(
      new Map(
        Object.entries(start).map(([key, { shape, values }]) => [
          key,
          tf.buffer(shape, key.endsWith("tracked") ? "int32" : "float32", Float32Array.from(values)),
        ]),
      ),
    );
    const averaged = new swaUtils.AveragedModel(model, options[name]);
    batches().forEach((batch, step) => {
      noGrad(() => model.forward(batch));
      for (const parameter of model.parameters())
        parameter.setData(Float32Array.from(parameter.dataSync(), (value) => value * 1.25 + 0.5 * step));
      averaged.updateParameters(model);
    });
    const own = [...model.stateDict()].map(([key, value]) => [key, [...value.dataSync()]]);
    expect([...averaged.stateDict().keys()].sort()).toEqual(Object.keys(wanted.after).sort());
    for (const [key, value] of averaged.stateDict()) expectClose(value.dataSync(), wanted.after[key], key);

    await swaUtils.updateBn(
      batches().map((batch) => [batch, "label"]),
      averaged,
    );
    for (const [key, value] of averaged.stateDict()) expectClose(value.dataSync(), wanted.withBn[key], key);
    const output = noGrad(() => averaged.eval().forward(tf.tensor2d(recorded.loader[0] ?? [], [5, 3])));
    expectClose(output.dataSync(), wanted.output, "output");

    expect([...model.stateDict()].map(([key, value]) => [key, [...value.dataSync()]])).toEqual(own);
    expect(model.training).toBe(true);
    averaged.dispose();
    model.dispose();
  });
});

describe("AveragedModel", () => {
  beforeAll(async () => {
    await resolveBackend("cpu");
  });

  it("goes on from a saved state", () => {
    const model = makeModel();
    const [averaged, resumed] = [new swaUtils.AveragedModel(model), new swaUtils.AveragedModel(model)];
    averaged.updateParameters(model);
    for (const parameter of model.parameters()) parameter.setData(new Float32Array(parameter.size).fill(3));
    resumed.loadStateDict(averaged.stateDict());
    averaged.updateParameters(model);
    resumed.updateParameters(model);
    const values = (some: typeof averaged) => [...some.stateDict()].map(([key, value]) => [key, [...value.dataSync()]]);
    expect(values(resumed)).toEqual(values(averaged));
    expect(resumed.nAveraged.dataSync()[0]).toBe(2);
    for (const module of [averaged, resumed, model]) module.dispose();
  });

  it("keeps a parameter that two layers share one", () => {
    const [first, second] = [new Linear(2, 2), new Linear(2, 2)];
    Object.assign(second, { weight: first.weight });
    const averaged = new swaUtils.AveragedModel(new Sequential(first, second));
    expect(averaged.parameters()).toHaveLength(3);
    expect([...averaged.stateDict().keys()]).toContain("module.1.weight");
  });

  it("gives the model its values back when its forward throws", () => {
    const model = new Linear(2, 1);
    const averaged = new swaUtils.AveragedModel(model);
    averaged.updateParameters(model);
    model.weight.setData([7, 8]);
    expect(() => averaged.forward(tf.ones([1, 9]))).toThrow();
    expect([...model.weight.dataSync()]).toEqual([7, 8]);
    averaged.dispose();
    model.dispose();
  });

  it.each<[string, () => unknown, string]>([
    [
      "two ways to average",
      () =>
        new swaUtils.AveragedModel(new Linear(1, 1), {
          avgFn: swaUtils.getSwaAvgFn(),
          multiAvgFn: swaUtils.getSwaMultiAvgFn(),
        }),
      "averages in one way only",
    ],
    [
      "another model",
      () => new swaUtils.AveragedModel(new Linear(1, 1)).updateParameters(makeModel()),
      "got another model",
    ],
    ["a decay above 1", () => swaUtils.getEmaMultiAvgFn(1.1), "decay is not usable"],
    [
      "an unknown strategy",
      () => Reflect.construct(swaUtils.SWALR, [{ paramGroups: [] }, { swaLr: 1, annealStrategy: "exp" }]),
      "cannot anneal",
    ],
  ])("refuses %s", (_, make, message) => expect(make).toThrow(message));

  it("says which batch updateBn cannot use", async () => {
    await expect(swaUtils.updateBn(["text"], makeModel())).rejects.toThrow('Received "text"');
    const plain = new Sequential(new Linear(1, 1));
    await expect(swaUtils.updateBn(["text"], plain)).resolves.toBeUndefined();
    expect(Parameter.fromData([1], [1]).requiresGrad).toBe(true);
  });
});
