import { beforeAll, describe, expect, it } from "vitest";
import { grad } from "../autograd/grad.js";
import { Parameter } from "../autograd/parameter.js";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import * as F from "../nn/functional/index.js";
import { RandomStream } from "../random/random-stream.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { dropout } from "./dropout.js";
import { product } from "./mat-mul.js";
import { runFusedSingle } from "./run-fused.js";

/** A function of a few tensors to one tensor, and the tensors' shapes. */
interface Case {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  readonly apply: (...inputs: tf.Tensor[]) => tf.Tensor;
}

const labels = (): tf.Tensor => tf.tensor1d([2, 0, 1], "int32");
const at = (inputs: readonly tf.Tensor[], index: number): tf.Tensor => inputs[index] ?? tf.scalar(Number.NaN);

const CASES: readonly Case[] = [
  { name: "lit.Linear", shapes: [[2, 3], [4, 3], [4]], apply: (...t) => F.linear(at(t, 0), at(t, 1), at(t, 2)) },
  {
    name: "lit.Linear with relu",
    shapes: [[2, 3], [4, 3], [4]],
    apply: (...t) => F.linear(at(t, 0), at(t, 1), at(t, 2), { activation: "relu" }),
  },
  {
    name: "lit.MatMul",
    shapes: [
      [2, 3, 4],
      [4, 2],
    ],
    apply: (...t) => product(at(t, 0), at(t, 1), { alpha: 0.5 }),
  },
  {
    name: "lit.MatMul transposed",
    shapes: [
      [2, 4, 3],
      [2, 2, 4],
    ],
    apply: (...t) => product(at(t, 0), at(t, 1), { transposeA: true, transposeB: true }),
  },
  {
    name: "lit.Conv",
    shapes: [[1, 2, 5, 5], [2, 2, 3, 3], [2]],
    apply: (...t) => F.conv2d(at(t, 0), at(t, 1), at(t, 2), { stride: 2, padding: 1 }),
  },
  {
    name: "lit.Conv dilated in groups",
    shapes: [
      [1, 2, 6],
      [2, 1, 2],
    ],
    apply: (...t) => F.conv1d(at(t, 0), at(t, 1), undefined, { dilation: 2, groups: 2 }),
  },
  {
    name: "lit.ConvInputGrad",
    shapes: [
      [1, 2, 3, 3],
      [2, 2, 2, 2],
    ],
    apply: (...t) => F.convTranspose2d(at(t, 0), at(t, 1), undefined, { stride: 2 }),
  },
  { name: "lit.MaxPool", shapes: [[1, 2, 4, 4]], apply: (...t) => F.maxPool2d(at(t, 0), 2) },
  { name: "lit.AvgPool", shapes: [[1, 2, 5, 5]], apply: (...t) => F.avgPool2d(at(t, 0), 3, { stride: 2, padding: 1 }) },
  {
    name: "lit.BatchNorm",
    shapes: [[4, 2, 2, 2], [2], [2]],
    apply: (...t) => F.batchNorm(at(t, 0), { weight: at(t, 1), bias: at(t, 2), training: true }),
  },
  {
    name: "lit.LayerNorm",
    shapes: [[3, 4], [4], [4]],
    apply: (...t) => F.layerNorm(at(t, 0), [4], { weight: at(t, 1), bias: at(t, 2) }),
  },
  { name: "lit.Gelu", shapes: [[3, 4]], apply: (...t) => F.gelu(at(t, 0)) },
  { name: "lit.Gelu tanh", shapes: [[3, 4]], apply: (...t) => F.gelu(at(t, 0), { approximate: "tanh" }) },
  { name: "core.Relu", shapes: [[3, 4]], apply: (...t) => F.relu(at(t, 0)) },
  {
    name: "lit.CrossEntropy",
    shapes: [[3, 4]],
    apply: (...t) => F.crossEntropy(at(t, 0), labels(), { labelSmoothing: 0.1 }),
  },
  {
    name: "lit.Attention",
    shapes: [
      [2, 3, 4],
      [2, 3, 4],
      [2, 3, 4],
    ],
    apply: (...t) => F.scaledDotProductAttention(at(t, 0), at(t, 1), at(t, 2), { isCausal: true }),
  },
  {
    name: "lit.Attention of one tensor",
    shapes: [[2, 3, 4]],
    apply: (...t) => F.scaledDotProductAttention(at(t, 0), at(t, 0), at(t, 0)),
  },
  {
    name: "lit.SelfAttention",
    shapes: [[2, 3, 12]],
    apply: (...t) => F.selfAttention(at(t, 0), { numHeads: 2, isCausal: true }),
  },
  { name: "core.Embedding", shapes: [[4, 3]], apply: (...t) => F.embedding(labels(), at(t, 0), { paddingIdx: 1 }) },
  {
    name: "lit.Dropout",
    shapes: [[3, 4]],
    apply: (...t) => runFusedSingle(dropout, { x: at(t, 0), seed: tf.tensor1d([5, 9], "int32") }, { p: 0.3 }),
  },
];

function parametersFor({ name, shapes }: Case): Parameter[] {
  const stream = RandomStream.fromSeed(3, name);
  return shapes.map((shape) =>
    Parameter.fromData(stream.fillNormal(new Float32Array(tf.util.sizeFromShape([...shape]))), shape),
  );
}

/** A scalar that is curved in every input: the mean of sin(f(x)) · x-independent weights. */
function curved(test: Case, inputs: readonly tf.Tensor[]): tf.Tensor {
  const y = test.apply(...inputs);
  const weights = tf.tensor(
    Float32Array.from({ length: y.size }, (_, i) => 1 + (i % 3) / 2),
    y.shape,
  );
  return tf.sum(tf.mul(tf.sin(y), weights));
}

/** A scalar made of first derivatives, as a gradient penalty is. */
function penalty(test: Case, inputs: readonly tf.Tensor[], createGraph: boolean): tf.Tensor {
  const gradients = grad(curved(test, inputs), inputs, { createGraph });
  return tf.addN(gradients.map((gradient, i) => tf.sum(tf.mul(tf.sin(gradient ?? tf.scalar(0)), i + 1))));
}

/** Central differences of `penalty`: first derivatives come from the ordinary backward, with the fused gradients. */
function numericGradients(test: Case, parameters: readonly Parameter[]): number[][] {
  const step = 1e-2;
  return parameters.map((parameter) => {
    const values = Float32Array.from(parameter.dataSync());
    return Array.from(values, (value, i) => {
      const [above, below] = [step, -step].map((delta) => {
        parameter.setData(values.with(i, value + delta));
        const scope = tensorScope();
        const result = penalty(test, parameters, false).dataSync()[0] ?? Number.NaN;
        scope.close();
        return result;
      });
      parameter.setData(values);
      return ((above ?? Number.NaN) - (below ?? Number.NaN)) / (2 * step);
    });
  });
}

describe.each(await backendsUnderTest())("second derivatives on %s", (backend) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it.each(CASES)("flow through $name as finite differences say", (test) => {
    const before = tf.memory().numTensors;
    const parameters = parametersFor(test);
    const expected = numericGradients(test, parameters);
    {
      using _scope = tensorScope();
      const actual = grad(penalty(test, parameters, true), parameters, { allowUnused: true });
      actual.forEach((gradient, i) => {
        const wanted = expected[i] ?? [];
        const scale = Math.max(1, ...wanted.map(Math.abs));
        const received = gradient === null ? wanted.map(() => 0) : [...gradient.dataSync()];
        // Central differences of float32 values: step² plus rounding / step.
        wanted.forEach((value, j) => {
          expect(
            Math.abs((received[j] ?? Number.NaN) - value) / scale,
            `input ${i}, element ${j}: ${received[j]} instead of ${value}`,
          ).toBeLessThan(0.02);
        });
      });
    }
    for (const parameter of parameters) parameter.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("adapt a small model through its own update, as MAML does", () => {
    const weight = Parameter.fromData([0.5, -0.3, 0.2, 0.1], [2, 2]);
    const [x, y] = [
      tf.tensor2d([
        [1, 2],
        [3, -1],
      ]),
      tf.tensor2d([
        [1, 0],
        [0, 1],
      ]),
    ];
    const loss = (w: tf.Tensor): tf.Tensor => F.mseLoss(F.linear(x, w, undefined, { activation: "relu" }), y);
    const outer = (createGraph: boolean): tf.Tensor => {
      const [gradient] = grad(loss(weight), [weight], { createGraph });
      return loss(tf.sub(weight, tf.mul(gradient ?? 0, 0.1)));
    };
    const numeric = numericOf(weight, () => outer(false));
    {
      using _scope = tensorScope();
      const [gradient] = grad(outer(true), [weight]);
      [...(gradient?.dataSync() ?? [])].forEach((value, i) => expect(value).toBeCloseTo(numeric[i] ?? Number.NaN, 2));
    }
    tf.dispose([x, y]);
    weight.dispose();
  });
});

function numericOf(parameter: Parameter, compute: () => tf.Tensor): number[] {
  const values = Float32Array.from(parameter.dataSync());
  return Array.from(values, (value, i) => {
    const [above = 0, below = 0] = [1e-2, -1e-2].map((delta) => {
      parameter.setData(values.with(i, value + delta));
      const scope = tensorScope();
      const result = compute().dataSync()[0] ?? Number.NaN;
      scope.close();
      return result;
    });
    parameter.setData(values);
    return (above - below) / 2e-2;
  });
}
