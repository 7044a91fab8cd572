import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Parameter } from "../autograd/parameter.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { seedEverything } from "../random/global-random.js";
import { tf } from "../tensor/tf.js";
import * as init from "./init.js";
import { parametersToVector, vectorToParameters } from "./utils/parameters-to-vector.js";

const empty = (...shape: number[]) => Parameter.fromData(new Float32Array(tf.util.sizeFromShape(shape)), shape);
const valuesOf = (parameter: Parameter) => [...parameter.dataSync()];

beforeAll(async () => {
  await resolveBackend("cpu");
});
beforeEach(() => {
  seedEverything(5);
});

describe("init", () => {
  it.each([
    [4, 9],
    [9, 4],
    [5, 5],
    [6, 2, 2, 2],
    [1, 7],
  ])("makes orthogonal rows or columns of [%s]", (...shape) => {
    const [rows = 1] = shape;
    const matrix = tf.reshape(init.orthogonal(empty(...shape), 3), [rows, -1]);
    const isWide = rows <= (matrix.shape[1] ?? 1);
    const products = tf.matMul(matrix, matrix, !isWide, isWide);
    const distance = tf.max(tf.abs(tf.sub(products, tf.mul(tf.eye(products.shape[0] ?? 1), 9))));
    expect(distance.dataSync()[0]).toBeLessThan(1e-5);
  });

  it("cuts the normal distribution at its bounds, and keeps its shape between them", () => {
    const values = valuesOf(init.truncNormal(empty(20_000), 1, 2, 0, 3));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThanOrEqual(3);
    // Mean and deviation of that distribution, by its density.
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean - 1.413)).toBeLessThan(0.03);
    expect(() => init.truncNormal(empty(1), 0, 1, 20, 30)).toThrow("draw for ever");
  });

  it("leaves a share of zeros in every column", () => {
    const matrix = tf.reshape(init.sparse(empty(10, 4), 0.25), [10, 4]);
    expect([...tf.sum(tf.cast(tf.equal(matrix, 0), "int32"), 0).dataSync()]).toEqual([3, 3, 3, 3]);
  });

  it("passes on inputs with eye and dirac", () => {
    expect(valuesOf(init.eye(empty(2, 3)))).toEqual([1, 0, 0, 0, 1, 0]);
    expect(valuesOf(init.dirac(empty(3, 2, 3)))).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    const grouped = valuesOf(init.dirac(empty(4, 1, 1, 3), 2));
    expect(grouped).toEqual([0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(() => init.dirac(empty(3, 2, 3), 2)).toThrow("divisible by groups");
    expect(() => init.eye(empty(3))).toThrow("fills matrices");
  });

  /** torch.nn.init.calculate_gain of 2.15. */
  it("knows torch's gains", () => {
    expect(init.calculateGain("linear")).toBe(1);
    expect(init.calculateGain("conv_transpose2d")).toBe(1);
    expect(init.calculateGain("tanh")).toBeCloseTo(1.6666666666666667, 15);
    expect(init.calculateGain("relu")).toBeCloseTo(1.4142135623730951, 15);
    expect(init.calculateGain("leaky_relu", 0.2)).toBeCloseTo(1.3867504905630728, 15);
    expect(init.calculateGain("leaky_relu")).toBeCloseTo(1.4141428569978354, 15);
    expect(init.calculateGain("selu")).toBe(0.75);
    expect(() => init.calculateGain(JSON.parse('"swish"'))).toThrow("does not know this function");
    const [relu, linear] = (["relu", "linear"] as const).map((nonlinearity) => {
      seedEverything(5);
      return valuesOf(init.kaimingNormal(empty(8, 8), { nonlinearity }));
    });
    expect((relu?.[3] ?? 0) / (linear?.[3] ?? 1)).toBeCloseTo(Math.sqrt(2), 5);
  });
});

describe("parameters as a vector", () => {
  it("goes there and back", () => {
    const params = [
      Parameter.fromData([1, 2, 3, 4], [2, 2]),
      Parameter.fromData([5], []),
      Parameter.fromData([6], [1]),
    ];
    const vector = parametersToVector(params);
    expect([...vector.dataSync()]).toEqual([1, 2, 3, 4, 5, 6]);
    vectorToParameters(tf.mul(vector, 2), params);
    expect(params.map(valuesOf)).toEqual([[2, 4, 6, 8], [10], [12]]);
    expect(params.map(({ shape }) => shape)).toEqual([[2, 2], [], [1]]);
    expect(() => vectorToParameters(tf.zeros([5]), params)).toThrow("Expected [6]. Received [5].");
  });

  it("takes numbers by PyTorch's names, and refuses other names and what is no number", () => {
    const w = Parameter.fromData(new Float32Array(64), [8, 8]);
    const drawn = (run: () => unknown): Float32Array => {
      seedEverything(4);
      run();
      return Float32Array.from(w.dataSync());
    };
    const same: [() => unknown, () => unknown][] = [
      [() => init.normal(w, { std: 0.02 }), () => init.normal(w, 0, 0.02)],
      [() => init.uniform(w, { a: -1, b: 2 }), () => init.uniform(w, -1, 2)],
      [() => init.constant(w, { val: 3 }), () => init.constant(w, 3)],
      [() => init.xavierUniform(w, { gain: 2 }), () => init.xavierUniform(w, 2)],
      [() => init.truncNormal(w, { std: 0.5, b: 1 }), () => init.truncNormal(w, 0, 0.5, -2, 1)],
      [() => init.sparse(w, { sparsity: 0.5, std: 1 }), () => init.sparse(w, 0.5, 1)],
      [() => init.kaimingNormal(w, { mode: "fan_out" }), () => init.kaimingNormal(w, { mode: "fanOut" })],
    ];
    for (const [named, placed] of same) expect(drawn(named)).toEqual(drawn(placed));
    expect(() => init.normal(w, { sd: 1 } as object)).toThrow(/init.normal has no option "sd".*mean, std/);
    expect(() => init.normal(w, "0" as never)).toThrow(/init.normal: mean is no number.*"0"/);
    expect(() => init.constant(w, undefined as never)).toThrow(/val is no number/);
    expect(() => init.uniform(w, 0, Number.NaN)).toThrow(/b is no number.*NaN/);
    expect(() => init.kaimingUniform(w, { mode: "fan" as never })).toThrow(/no such mode.*fan_out.*"fan"/);
    expect(() => init.kaimingUniform(w, { gain: 1 } as object)).toThrow(/init.kaimingUniform has no option "gain"/);
    expect(w.dataSync().every(Number.isFinite)).toBe(true);
  });
});
