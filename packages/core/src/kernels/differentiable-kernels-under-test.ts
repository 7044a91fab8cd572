import { Parameter } from "../autograd/parameter.js";
import * as F from "../nn/functional/index.js";
import { RandomStream } from "../random/random-stream.js";
import { tf } from "../tensor/tf.js";
import { dropout } from "./dropout.js";
import { product } from "./mat-mul.js";
import { runFusedSingle } from "./run-fused.js";

/** A function of a few tensors to one tensor, and the tensors' shapes. */
export interface DifferentiableCase {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  readonly apply: (...inputs: tf.Tensor[]) => tf.Tensor;
}

const labels = (): tf.Tensor => tf.tensor1d([2, 0, 1], "int32");
const at = (inputs: readonly tf.Tensor[], index: number): tf.Tensor => inputs[index] ?? tf.scalar(Number.NaN);

/** Every fused kernel that gradients flow through. */
export const DIFFERENTIABLE_CASES: readonly DifferentiableCase[] = [
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
  { name: "lit.Hardtanh", shapes: [[3, 4]], apply: (...t) => F.hardtanh(at(t, 0), { minVal: -0.7, maxVal: 0.9 }) },
  { name: "core.Hardsigmoid", shapes: [[3, 4]], apply: (...t) => F.hardsigmoid(tf.mul(at(t, 0), 4)) },
  { name: "core.Hardswish", shapes: [[3, 4]], apply: (...t) => F.hardswish(tf.mul(at(t, 0), 2)) },
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

/** Parameters of the shapes that a case takes. */
export function parametersFor({ name, shapes }: DifferentiableCase): Parameter[] {
  const stream = RandomStream.fromSeed(3, name);
  return shapes.map((shape) =>
    Parameter.fromData(stream.fillNormal(new Float32Array(tf.util.sizeFromShape([...shape]))), shape),
  );
}

/** A scalar that is curved in every input: the mean of sin(f(x)) · x-independent weights. */
export function curved(test: DifferentiableCase, inputs: readonly tf.Tensor[]): tf.Tensor {
  const y = test.apply(...inputs);
  const weights = tf.tensor(
    Float32Array.from({ length: y.size }, (_, i) => 1 + (i % 3) / 2),
    y.shape,
  );
  return tf.sum(tf.mul(tf.sin(y), weights));
}
