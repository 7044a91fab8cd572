import type { FusedKernelName } from "@lightning-ts/backend-onnxruntime";
import { beforeAll, describe, expect, it } from "vitest";
import { availableBackends } from "../backend/backend-registry.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { RandomStream } from "../random/random-stream.js";
import { findKernel } from "../tensor/engine-internals/kernels.js";
import { tf } from "../tensor/tf.js";
import { adamUpdate } from "./adam-update.js";
import { attention, attentionGrad } from "./attention.js";
import { avgPool, avgPoolGrad } from "./avg-pool.js";
import { batchNorm, batchNormGrad, batchNormInference } from "./batch-norm.js";
import { conv, convInputGrad, convWeightGrad } from "./conv.js";
import { crossEntropy, crossEntropyGrad } from "./cross-entropy.js";
import { dropout, randomUniform } from "./dropout.js";
import { embeddingGrad } from "./embedding.js";
import type { FusedAttributes, FusedInputs, FusedKernel } from "./fused-kernel.js";
import { gelu, geluGrad } from "./gelu.js";
import { clipByNorm, gradNorm } from "./grad-norm.js";
import { hardswishGrad } from "./hardswish.js";
import { hardtanh, hardtanhGrad } from "./hardtanh.js";
import { layerNorm, layerNormGrad } from "./layer-norm.js";
import { linear, linearWeightGrad } from "./linear.js";
import { matMul } from "./mat-mul.js";
import { maxPool, maxPoolGrad } from "./max-pool.js";
import { reluGrad } from "./relu-grad.js";
import { runFused } from "./run-fused.js";
import { runningStatistics } from "./running-statistics.js";
import { selfAttention, selfAttentionGrad } from "./self-attention.js";
import { sgdUpdate } from "./sgd-update.js";
import { listInputs } from "./tensor-lists.js";

const engine = (await availableBackends()).find(({ name }) => name === "onnxruntime");
const stream = RandomStream.fromSeed(11);
const random = (...shape: number[]): tf.Tensor =>
  tf.tensor(stream.fillNormal(new Float32Array(tf.util.sizeFromShape(shape))), shape);
const positive = (...shape: number[]): tf.Tensor =>
  tf.tensor(stream.fillUniform(new Float32Array(tf.util.sizeFromShape(shape)), 0.1, 2), shape);
const integers = (values: number[], shape = [values.length]): tf.Tensor => tf.tensor(values, shape, "int32");

interface Check {
  readonly name: string;
  readonly fused: () => tf.Tensor[];
  readonly composite: () => tf.Tensor[];
  readonly kernel: FusedKernelName;
}

function check<TName extends FusedKernelName>(
  what: string,
  kernel: FusedKernel<TName>,
  make: () => FusedInputs<TName>,
  attrs: FusedAttributes<TName>,
): Check {
  let inputs: FusedInputs<TName> | undefined;
  const once = (): FusedInputs<TName> => (inputs ??= make());
  return {
    name: `${kernel.name} ${what}`.trim(),
    kernel: kernel.name,
    fused: () => runFused(kernel, once(), attrs),
    composite: () => kernel.composite(once(), attrs),
  };
}

const CONV = {
  stride: [2, 1],
  padding: [
    [1, 0],
    [1, 1],
  ],
  dilation: [1, 2],
  groups: 2,
} as const;
const POOL = {
  kernelSize: [3, 2],
  stride: [2, 2],
  padding: [
    [1, 1],
    [0, 1],
  ],
} as const;
const CROSS = { reduction: "mean", ignoreIndex: -100, labelSmoothing: 0.1 } as const;
const SGD = {
  lr: 0.1,
  momentum: 0.9,
  dampening: 0.1,
  weightDecay: 0.01,
  nesterov: false,
  maximize: false,
  isFirstStep: false,
  count: 2,
} as const;
const ADAM = {
  lr: 0.01,
  beta1: 0.9,
  beta2: 0.99,
  eps: 1e-8,
  weightDecay: 0.05,
  decoupledWeightDecay: true,
  amsgrad: false,
  maximize: false,
  biasCorrection1: 1 - 0.9 ** 3,
  biasCorrection2: 1 - 0.99 ** 3,
  count: 2,
} as const;
const lists = (...names: string[]): Record<string, tf.Tensor> =>
  listInputs(
    Object.fromEntries(
      names.map((name) => [
        name,
        name === "v" || name === "x" ? [positive(3), positive(2, 2)] : [random(3), random(2, 2)],
      ]),
    ),
  );

const CHECKS: readonly Check[] = [
  check("", linear, () => ({ x: random(2, 3, 4), weight: random(5, 4), bias: random(5) }), { activation: "none" }),
  check("with relu, no bias", linear, () => ({ x: random(3, 4), weight: random(5, 4) }), { activation: "relu" }),
  check("of an empty batch", linear, () => ({ x: random(0, 4), weight: random(5, 4), bias: random(5) }), {
    activation: "relu",
  }),
  check("", linearWeightGrad, () => ({ x: random(2, 3, 4), dy: random(2, 3, 5) }), {}),
  check("", matMul, () => ({ a: random(2, 3, 4), b: random(2, 5, 4) }), {
    transposeA: false,
    transposeB: true,
    alpha: 0.5,
  }),
  check("broadcast", matMul, () => ({ a: random(2, 1, 4, 3), b: random(3, 4, 2) }), {
    transposeA: true,
    transposeB: false,
    alpha: 1,
  }),
  check("", conv, () => ({ x: random(2, 4, 6, 7), weight: random(6, 2, 3, 2), bias: random(6) }), CONV),
  check("", convInputGrad, () => ({ dy: random(2, 6, 3, 7), weight: random(6, 2, 3, 2) }), {
    ...CONV,
    inputShape: [2, 4, 6, 7],
  }),
  check("", convWeightGrad, () => ({ x: random(2, 4, 6, 7), dy: random(2, 6, 3, 7) }), {
    ...CONV,
    weightShape: [6, 2, 3, 2],
  }),
  check("in one dimension", conv, () => ({ x: random(2, 2, 8), weight: random(3, 2, 3) }), {
    stride: [2],
    padding: [[1, 1]],
    dilation: [1],
    groups: 1,
  }),
  check("", maxPool, () => ({ x: random(2, 2, 7, 6) }), { ...POOL, dilation: [1, 2] }),
  check(
    "",
    maxPoolGrad,
    () => ({
      dy: random(1, 1, 2, 2),
      x: tf.reshape(tf.range(0, 16), [1, 1, 4, 4]),
      y: tf.tensor([5, 7, 13, 15], [1, 1, 2, 2]),
    }),
    {
      kernelSize: [2, 2],
      stride: [2, 2],
      padding: [
        [0, 0],
        [0, 0],
      ],
      dilation: [1, 1],
    },
  ),
  check(
    "of ties",
    maxPoolGrad,
    () => ({ dy: random(1, 1, 2, 2), x: tf.ones([1, 1, 3, 3]), y: tf.ones([1, 1, 2, 2]) }),
    {
      kernelSize: [2, 2],
      stride: [1, 1],
      padding: [
        [0, 0],
        [0, 0],
      ],
      dilation: [1, 1],
    },
  ),
  check("", avgPool, () => ({ x: random(2, 2, 7, 6) }), { ...POOL, countIncludePad: false }),
  check("", avgPoolGrad, () => ({ dy: random(2, 2, 4, 3) }), {
    ...POOL,
    countIncludePad: true,
    inputShape: [2, 2, 7, 6],
  }),
  check("", batchNorm, () => ({ x: random(3, 2, 4), weight: random(2), bias: random(2) }), { eps: 1e-5 }),
  check(
    "of a batch",
    runningStatistics,
    () => ({ runningMean: random(5), runningVariance: positive(5), mean: random(5), variance: positive(5) }),
    { momentum: 0.3, correction: 8 / 7 },
  ),
  check(
    "",
    batchNormInference,
    () => ({ x: random(3, 2, 4), bias: random(2), mean: random(2), variance: positive(2) }),
    { eps: 1e-3 },
  ),
  check("", layerNorm, () => ({ x: random(2, 3, 4), weight: random(3, 4), bias: random(3, 4) }), {
    dims: 2,
    eps: 1e-5,
  }),
  check("", gelu, () => ({ x: random(20) }), { approximate: "none" }),
  check("tanh", gelu, () => ({ x: random(20) }), { approximate: "tanh" }),
  check("", geluGrad, () => ({ dy: random(20), x: random(20) }), { approximate: "none" }),
  check("tanh", geluGrad, () => ({ dy: random(20), x: random(20) }), { approximate: "tanh" }),
  check("", hardtanh, () => ({ x: random(20) }), { minVal: -0.7, maxVal: 0.9 }),
  check("", hardtanhGrad, () => ({ dy: random(5), y: tf.tensor1d([0, 6, 3, 1e-30, 5.9]) }), { minVal: 0, maxVal: 6 }),
  check("", hardswishGrad, () => ({ dy: random(6), x: tf.tensor1d([-4, -3, -2.9, 0.5, 3, 4]) }), {}),
  check("", reluGrad, () => ({ dy: random(5), y: tf.tensor1d([0, 1, 0, 2, 3]) }), {}),
  check("", crossEntropy, () => ({ logits: random(4, 3), target: integers([0, 2, -100, 1]) }), CROSS),
  check("summed", crossEntropy, () => ({ logits: random(4, 3), target: integers([0, 2, 1, 1]) }), {
    ...CROSS,
    reduction: "sum",
    ignoreIndex: 1,
    labelSmoothing: 0,
  }),
  check(
    "",
    crossEntropyGrad,
    () => ({ dloss: tf.scalar(2), logProbs: tf.logSoftmax(random(4, 3)), target: integers([0, 2, -100, 1]) }),
    CROSS,
  ),
  check(
    "of no row that counts, summed",
    crossEntropy,
    () => ({ logits: random(2, 3), target: integers([-100, -100]) }),
    { ...CROSS, reduction: "sum" },
  ),
  check("of a single class", crossEntropy, () => ({ logits: random(2, 1), target: integers([0, 0]) }), CROSS),
  check(
    "of no row that counts",
    crossEntropyGrad,
    () => ({ dloss: tf.scalar(2), logProbs: tf.logSoftmax(random(2, 3)), target: integers([-100, -100]) }),
    CROSS,
  ),
  check(
    "of a single class",
    crossEntropyGrad,
    () => ({ dloss: tf.scalar(2), logProbs: tf.logSoftmax(random(2, 1)), target: integers([0, -100]) }),
    CROSS,
  ),
  check(
    "of single losses",
    crossEntropyGrad,
    () => ({ dloss: random(3), logProbs: tf.logSoftmax(random(3, 3)), target: integers([0, 2, 1]) }),
    { ...CROSS, reduction: "none" },
  ),
  check("", selfAttention, () => ({ qkv: random(2, 3, 12) }), { heads: 2, scale: 0.5, causal: true }),
  check("of one sequence, not causal", selfAttention, () => ({ qkv: random(3, 6) }), {
    heads: 1,
    scale: 1,
    causal: false,
  }),
  check("of an empty batch", selfAttention, () => ({ qkv: random(0, 3, 12) }), { heads: 2, scale: 0.5, causal: true }),
  check("", attention, () => ({ q: random(2, 2, 3, 4), k: random(2, 2, 5, 4), v: random(2, 2, 5, 6) }), {
    scale: 0.5,
    causal: true,
  }),
  check("", dropout, () => ({ x: random(40, 7), seed: integers([123456, -98765]) }), { p: 0.3 }),
  check("", randomUniform, () => ({ seed: integers([7, 8]) }), { shape: [100] }),
  check("", embeddingGrad, () => ({ dy: random(2, 3, 4), indices: integers([0, 1, 1, 4, 1, 0], [2, 3]) }), {
    rows: 5,
    paddingIndex: -1,
  }),
  check("with padding", embeddingGrad, () => ({ dy: random(3, 4), indices: integers([2, 1, 2]) }), {
    rows: 3,
    paddingIndex: 2,
  }),
  check(
    "of a table of one row, which is padding",
    embeddingGrad,
    () => ({ dy: random(3, 4), indices: integers([0, 0, 0]) }),
    { rows: 1, paddingIndex: 0 },
  ),
  check("", sgdUpdate, () => lists("p", "g", "b"), SGD),
  check("first step, nesterov", sgdUpdate, () => lists("p", "g"), {
    ...SGD,
    isFirstStep: true,
    nesterov: true,
    dampening: 0,
    maximize: true,
  }),
  check("plain", sgdUpdate, () => lists("p", "g"), { ...SGD, momentum: 0, weightDecay: 0 }),
  check("decoupled", adamUpdate, () => lists("p", "g", "m", "v"), ADAM),
  check("with amsgrad", adamUpdate, () => lists("p", "g", "m", "v", "x"), {
    ...ADAM,
    decoupledWeightDecay: false,
    amsgrad: true,
    maximize: true,
  }),
  check("2", gradNorm, () => lists("g"), { norm: 2, count: 2 }),
  check("Infinity", gradNorm, () => lists("g"), { norm: Number.POSITIVE_INFINITY, count: 2 }),
  check("1", gradNorm, () => lists("g"), { norm: 1, count: 2 }),
  check("", clipByNorm, () => ({ ...lists("g"), norm: tf.scalar(3) }), { maxNorm: 1, count: 2 }),
];

function gradCheck<TName extends FusedKernelName, TGrad extends FusedKernelName>(
  kernel: FusedKernel<TName>,
  gradKernel: FusedKernel<TGrad>,
  inputs: FusedInputs<TName>,
  attrs: FusedAttributes<TName> & FusedAttributes<TGrad>,
  toGradInputs: (outputs: tf.Tensor[], dy: tf.Tensor) => FusedInputs<TGrad>,
): [tf.Tensor[], tf.Tensor[]] {
  const outputs = runFused(kernel, inputs, attrs);
  const gradInputs = toGradInputs(outputs, random(...(outputs[0]?.shape ?? [])));
  return [runFused(gradKernel, gradInputs, attrs), gradKernel.composite(gradInputs, attrs)];
}

describe.skipIf(engine?.availability.isAvailable !== true)(
  "fused kernels of onnxruntime (skipped where the engine is missing)",
  () => {
    beforeAll(async () => {
      await resolveBackend("onnxruntime");
    });

    it.each(CHECKS)("$name equals its composite", ({ kernel, fused, composite }) => {
      expect(findKernel(kernel), `${kernel} is not registered`).toBeDefined();
      tf.tidy(() => expectSame(fused(), composite()));
    });

    it("lit.LayerNormGrad, lit.BatchNormGrad, lit.AttentionGrad and lit.SelfAttentionGrad equal their composites", () => {
      tf.tidy(() => {
        const x = random(3, 4);
        const [weight, bias] = [random(4), random(4)];
        const norm = { dims: 1, eps: 1e-5 };
        expectSame(
          ...gradCheck(layerNorm, layerNormGrad, { x, weight, bias }, norm, ([, mean, invStd], dy) => ({
            dy,
            x,
            weight,
            mean: mean ?? x,
            invStd: invStd ?? x,
          })),
        );
        const image = random(3, 4, 2, 2);
        expectSame(
          ...gradCheck(
            batchNorm,
            batchNormGrad,
            { x: image, weight, bias },
            { eps: 1e-5 },
            ([, mean, variance], dy) => ({ dy, x: image, weight, mean: mean ?? x, variance: variance ?? x }),
          ),
        );
        const [q, k, v] = [random(2, 3, 4), random(2, 3, 4), random(2, 3, 4)];
        expectSame(
          ...gradCheck(attention, attentionGrad, { q, k, v }, { scale: 0.5, causal: true }, ([, probs], dy) => ({
            dy,
            q,
            k,
            v,
            probs: probs ?? x,
          })),
        );
        const qkv = random(2, 3, 12);
        expectSame(
          ...gradCheck(
            selfAttention,
            selfAttentionGrad,
            { qkv },
            { heads: 2, scale: 0.5, causal: true },
            ([, probs], dy) => ({ dy, qkv, probs: probs ?? x }),
          ),
        );
      });
    });
  },
);

function expectSame(fused: tf.Tensor[], composite: tf.Tensor[]): void {
  expect(fused.map(({ shape }) => shape)).toEqual(composite.map(({ shape }) => shape));
  fused.forEach((output, i) => {
    const [actual, expected] = [output.dataSync(), composite[i]?.dataSync() ?? []];
    // Both are float32; sums run in another order.
    expected.forEach((value, j) => {
      if (!(Math.abs((actual[j] ?? Number.NaN) - value) <= 2e-5 * Math.max(1, Math.abs(value))))
        throw new Error(`output ${i}, element ${j}: ${actual[j]} instead of ${value}`);
    });
  });
}
