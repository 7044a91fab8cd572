import * as layers from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import * as nn from "../nn/index.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { backward } from "./backward.js";
import { grad } from "./grad.js";
import { Parameter } from "./parameter.js";

const F = nn.functional;

/** d loss / d parameter, by `backward`, as a training step has it. */
function gradientOf(values: number[], loss: (parameter: tf.Tensor) => tf.Tensor): number[] {
  const parameter = Parameter.fromData(values, [values.length]);
  using _scope = tensorScope();
  backward(loss(parameter));
  const gradient = [...(parameter.grad?.dataSync() ?? [])];
  parameter.dispose();
  return gradient;
}

describe.each(await backendsUnderTest())("corrected gradients on %s", (backend) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it("let a zero-initialised head learn positives under posWeight", () => {
    expect(
      gradientOf([0], (z) => F.binaryCrossEntropyWithLogits(z, tf.tensor1d([1]), { posWeight: tf.scalar(3) })),
    ).toEqual([-1.5]);
  });

  it("are 0 where a norm is 0, also as a method, over an axis and of a difference", () => {
    expect(gradientOf([0, 0], (x) => tf.norm(x))).toEqual([0, 0]);
    expect(gradientOf([0, 0], (x) => x.norm())).toEqual([0, 0]);
    expect(gradientOf([0, 0, 3, 4], (x) => tf.sum(tf.norm(tf.reshape(x, [2, 2]), 2, 1)))).toEqual([
      0,
      0,
      Math.fround(0.6),
      Math.fround(0.8),
    ]);
  });

  it("leave weights alone that l1Loss finds equal to their target", () => {
    expect(gradientOf([1, 2], (x) => F.l1Loss(x, tf.tensor1d([1, 2])))).toEqual([0, 0]);
  });

  it("are those of 1/2 - z at logit 0 for sigmoid cross-entropy as tf.losses and tfjs-layers write it, by every way to a gradient", () => {
    const labels = tf.tensor1d([0, 1]);
    const loss = (x: tf.Tensor): tf.Tensor => tf.losses.sigmoidCrossEntropy(labels, x);
    expect(gradientOf([0, 0], loss)).toEqual([0.25, -0.25]);
    expect([
      ...tf
        .grad(loss)(tf.zeros([2]))
        .dataSync(),
    ]).toEqual([0.25, -0.25]);
    const variable = tf.variable(tf.zeros([2]));
    tf.train.sgd(1).minimize(() => loss(variable).asScalar(), false, [variable]);
    expect([...variable.dataSync()]).toEqual([-0.25, 0.25]);
    variable.dispose();
  });

  it("train a zero-initialised tf.LayersModel by binary cross-entropy", async () => {
    const model = layers.sequential({
      layers: [layers.layers.dense({ units: 1, inputShape: [1], activation: "sigmoid", kernelInitializer: "zeros" })],
    });
    model.compile({ optimizer: tf.train.sgd(1), loss: "binaryCrossentropy" });
    await model.fit(tf.ones([2, 1]), tf.ones([2, 1]), { epochs: 1, batchSize: 2, verbose: 0 });
    for (const weight of model.getWeights()) expect(weight.dataSync()[0]).toBeCloseTo(0.5, 5);
    model.dispose();
  });

  it("are 0 through floorDiv, for tfjs' own tf.grad too", () => {
    const halves = (x: tf.Tensor): tf.Tensor => tf.cast(tf.floorDiv(x, tf.scalar(2)), "float32");
    expect([
      ...tf
        .grad(halves)(tf.tensor1d([1, 4]))
        .dataSync(),
    ]).toEqual([0, 0]);
  });

  it("come back when a backend starts after another library has registered tfjs' own", async () => {
    tf.registerGradient({
      kernelName: "Abs",
      inputsToSave: ["x"],
      gradFunc: (dy) => ({ x: () => tf.neg(Array.isArray(dy) ? (dy[0] ?? tf.scalar(0)) : dy) }),
    });
    await resolveBackend(backend);
    expect(gradientOf([0, -3], (x) => tf.sum(tf.abs(x)))).toEqual([0, -1]);
  });

  it("hide NaN in rows that a loss ignores", () => {
    const logits = [1, 2, Number.NaN, Number.NaN];
    const target = tf.tensor1d([1, -100], "int32");
    expect(gradientOf(logits, (x) => F.crossEntropy(tf.reshape(x, [2, 2]), target)).slice(0, 2)).toEqual(
      gradientOf([1, 2], (x) => F.crossEntropy(tf.reshape(x, [1, 2]), tf.tensor1d([1], "int32"))),
    );
  });

  it("refuse a mask of integers with a sentence that says what to write", () => {
    const x = tf.ones([1, 2, 2]);
    expect(() => F.scaledDotProductAttention(x, x, x, { attnMask: tf.ones([2, 2], "int32") })).toThrow(
      /booleans or float32.*int32 \[2, 2\].*tf\.cast\(mask, "bool"\)/,
    );
  });

  it.each<[name: string, values: number[], compute: (x: tf.Tensor) => tf.Tensor]>([
    ["cumprod", [0.5, -1.2, 2, 0.7], (x) => tf.cumprod(x)],
    ["cumsum over the first axis", [0.5, -1.2, 2, 0.7], (x) => tf.reshape(tf.cumsum(tf.reshape(x, [2, 2]), 0), [4])],
    ["cumsum backwards, exclusive", [0.5, -1.2, 2, 0.7], (x) => tf.cumsum(tf.reshape(x, [1, 4, 1]), 1, true, true)],
    ["prod", [0.5, -1.2, 2, 0.7], (x) => tf.prod(x)],
    ["norm", [0.5, -1.2, 2, 0.7], (x) => tf.norm(x)],
    ["norm over an axis", [0.5, -1.2, 2, 0.7], (x) => tf.norm(tf.reshape(x, [2, 2]), 2, 0)],
    ["logSumExp", [0.5, -1.2, 2, 0.7], (x) => tf.logSumExp(x)],
    ["pow", [0.5, 1.2, 2, 0.7], (x) => tf.pow(x, tf.reverse(x, 0))],
    ["atan2", [0.5, -1.2, 2, 0.7], (x) => tf.atan2(x, tf.reverse(x, 0))],
    ["div", [0.5, -1.2, 2, 0.7], (x) => tf.div(tf.square(x), tf.sum(x))],
    ["max", [0.5, -1.2, 2, 0.7], (x) => tf.max(tf.square(x))],
    ["maximum", [0.5, -1.2, 2, 0.7], (x) => tf.maximum(tf.square(x), 1)],
    ["squared difference", [0.5, -1.2, 2, 0.7], (x) => tf.squaredDifference(x, tf.sum(x))],
    ["elu", [0.5, -1.2, 2, -0.7], (x) => tf.elu(x)],
    ["mirrorPad", [0.5, -1.2, 2, 0.7], (x) => tf.slice(tf.square(tf.mirrorPad(x, [[2, 1]], "reflect")), 0, 4)],
    ["stridedSlice", [0.5, -1.2, 2, 0.7], (x) => tf.square(tf.stridedSlice(x, [0], [4], [2]))],
    ["tile", [0.5, -1.2, 2, 0.7], (x) => tf.square(tf.tile(x, [2]))],
    [
      "resizeBilinear",
      [0.5, -1.2, 2, 0.7],
      (x) => tf.square(tf.image.resizeBilinear(x.as4D(1, 2, 2, 1), [3, 3], false, true)),
    ],
    ["rsqrt", [0.5, 1.2, 2, 0.7], (x) => tf.rsqrt(x)],
    ["where", [0.5, -1.2, 2, 0.7], (x) => tf.where(tf.greater(x, 0), tf.square(x), tf.exp(x))],
    ["binary cross-entropy", [0.5, 0.2, 0.9, 0.7], (x) => F.binaryCrossEntropy(x, tf.tensor1d([0, 1, 0.5, 1]))],
    [
      "binary cross-entropy of logits",
      [0.5, -1.2, 0, 0.7],
      (x) => F.binaryCrossEntropyWithLogits(x, tf.tensor1d([0, 1, 0.5, 1])),
    ],
    ["smooth l1 loss", [0.5, -1.2, 2.5, 0.7], (x) => F.smoothL1Loss(x, tf.zeros([4]))],
  ])("have gradients of their own: %s", (_, values, compute) => {
    const slope = (x: tf.Tensor, createGraph: boolean): tf.Tensor => {
      const [gradient] = grad(tf.sum(tf.sin(compute(x))), [x], { createGraph });
      return tf.sum(tf.mul(gradient ?? tf.scalar(0), tf.tensor1d([1, -2, 0.5, 1.5])));
    };
    const at = (changed: number[]): number => {
      using _scope = tensorScope();
      return slope(tf.tensor1d(changed), false).dataSync()[0] ?? Number.NaN;
    };
    const step = 2e-3;
    const numeric = values.map(
      (value, i) => (at(values.with(i, value + step)) - at(values.with(i, value - step))) / (2 * step),
    );
    using _scope = tensorScope();
    const x = tf.tensor1d(values);
    const [second] = grad(slope(x, true), [x]);
    const scale = Math.max(1, ...numeric.map(Math.abs));
    // Central differences of float32 gradients: rounding divided by the step.
    numeric.forEach((wanted, i) =>
      expect(Math.abs((second?.dataSync()[i] ?? Number.NaN) - wanted) / scale, `element ${i}`).toBeLessThan(5e-3),
    );
  });
});
