import { beforeAll, describe, expect, it } from "vitest";
import { setGrad } from "./gradients-of-variables.js";
import { tf } from "../tensor/tf.js";
import "@tensorflow/tfjs-backend-cpu";
import { isLazy, refuseLazy } from "./lazy-shape.js";
import { Parameter } from "./parameter.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

function failureOf(call: () => unknown): unknown {
  try {
    call();
    return "none";
  } catch (error) {
    return error;
  }
}

/** A parameter without a shape, and one that has one. */
function lazy(): Parameter {
  const parameter = Parameter.fromData([1, 2], [2]);
  parameter.forget("weight of LazyLinear");
  return parameter;
}

const REFUSAL = {
  name: "MisconfigurationError",
  message:
    "The weight of LazyLinear has no shape and no values yet. Expected a layer that has seen an input, or whose state dict was loaded. Received a lazy layer before its first call. Try: run the model on one batch first: model.forward(x). nn.isLazy(parameter) tells.",
};

describe("a parameter that has no shape yet", () => {
  it.each(["shape", "size", "strides", "rankType", "dataId"] as const)("says so where its %s is asked for", (name) => {
    const parameter = lazy();
    expect(failureOf(() => parameter[name])).toMatchObject(REFUSAL);
  });

  it("is lazy, and has no values on the host or anywhere else", () => {
    const parameter = lazy();
    expect([isLazy(parameter), isLazy(Parameter.fromData([1], [1])), isLazy({})]).toEqual([true, false, false]);
    expect(parameter.hostValues()).toBeUndefined();
    expect(failureOf(() => refuseLazy(parameter))).toMatchObject(REFUSAL);
    expect(failureOf(() => refuseLazy(Parameter.fromData([1], [1])))).toBe("none");
    expect(failureOf(() => parameter.dataSync())).toMatchObject(REFUSAL);
  });

  it("can be thrown away, having nothing on a backend", () => {
    const before = tf.memory().numTensors;
    const parameter = lazy();
    parameter.dispose();
    expect(parameter.isDisposed).toBe(true);
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before);
  });
});

describe("a parameter that gets its shape", () => {
  it.each([
    [[], 1, [], "0"],
    [[3], 3, [], "1"],
    [[2, 3], 6, [3], "2"],
    [[1, 1, 1, 2], 2, [2, 2, 2], "4"],
    [[1, 1, 1, 1, 2], 2, [2, 2, 2, 2], "higher"],
  ])("has what follows from %j", (shape, size, strides, rankType) => {
    const parameter = lazy();
    const values = Array.from({ length: size }, (_, at) => at + 1);
    parameter.materialize(values, shape);
    expect([parameter.shape, parameter.size, parameter.strides, parameter.rankType]).toEqual([
      shape,
      size,
      strides,
      rankType,
    ]);
    expect(Array.from(parameter.hostValues() ?? [])).toEqual(values);
    expect([...parameter.dataSync()]).toEqual(values);
    expect(isLazy(parameter)).toBe(false);
    expect(parameter.shape).not.toBe(shape);
  });

  it("is the same object to whoever holds it, and can lose and get a shape again", () => {
    const parameter = lazy();
    const held = [parameter];
    parameter.materialize([1, 2], [2]);
    setGrad(parameter, tf.tensor1d([3, 4]));
    expect([...(held[0]?.grad?.dataSync() ?? [])]).toEqual([3, 4]);
    parameter.forget("bias of LazyConv2d");
    expect(String(failureOf(() => parameter.shape))).toContain("The bias of LazyConv2d has no shape");
    parameter.materialize([5], [1]);
    expect([...parameter.dataSync()]).toEqual([5]);
  });

  it("shows its shape as other parameters do, also to what copies or changes fields", () => {
    const parameter = lazy();
    expect(Object.keys(parameter)).toEqual(expect.arrayContaining(["shape", "size", "strides", "rankType"]));
    parameter.materialize([1, 2], [2]);
    expect(Object.keys(parameter)).toEqual(expect.arrayContaining(["shape", "size", "strides", "rankType"]));
    Object.assign(parameter, { rankType: "1", shape: [2] });
    expect(parameter.shape).toEqual([2]);
  });
});
