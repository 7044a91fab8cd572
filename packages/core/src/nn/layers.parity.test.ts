import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { clipGradNorm } from "./utils/clip-gradients.js";
import { grad } from "../autograd/grad.js";
import { Parameter } from "../autograd/parameter.js";
import { describeOnBackends } from "../backend/describe-on-backends-under-test.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { expectRecorded, ofLargest, type RecordedTensor } from "./expect-recorded-under-test.js";
import * as nn from "./index.js";

interface Numbers {
  readonly shape: number[];
  readonly values: number[];
  readonly dtype?: "float32" | "int32";
}
interface LayerCase {
  readonly name: string;
  readonly training: boolean;
  readonly state: Record<string, Numbers>;
  readonly x: Numbers;
  readonly y: Numbers;
  readonly dy: Numbers;
  readonly dx: Numbers | null;
  readonly gradients: Record<string, Numbers>;
  readonly stateAfter: Record<string, Numbers>;
}
interface LossCase {
  readonly name:
    | "crossEntropy"
    | "nllLoss"
    | "mseLoss"
    | "l1Loss"
    | "smoothL1Loss"
    | "binaryCrossEntropy"
    | "binaryCrossEntropyWithLogits";
  readonly input: Numbers;
  readonly target: Numbers;
  readonly options: Record<string, unknown>;
  readonly loss: Numbers;
  readonly dy: Numbers;
  readonly dinput: Numbers;
}
interface Fixture {
  readonly layers: LayerCase[];
  readonly losses: LossCase[];
  readonly attention: (Record<"q" | "k" | "v" | "y" | "dy" | "dq" | "dk" | "dv", Numbers> & {
    readonly causal: boolean;
  })[];
  readonly clipping: {
    readonly normType: number | "Infinity";
    readonly maxNorm: number;
    readonly before: Numbers[];
    readonly norm: Numbers;
    readonly after: Numbers[];
  }[];
}

const fixture: Fixture = JSON.parse(readFileSync(new URL("fixtures/layers.json", import.meta.url), "utf8")) as Fixture;

/** Float32 sums of a few hundred terms in another order than PyTorch's. */
const TOLERANCE = 2e-5;

const LAYERS: Record<string, () => nn.TensorModule> = {
  linear: () => new nn.Linear(4, 3),
  "linear without bias, three dimensions": () => new nn.Linear(4, 3, { bias: false }),
  "linear and relu": () => new nn.Sequential(new nn.Linear(4, 6), new nn.ReLU(), new nn.Linear(6, 2)),
  conv1d: () => new nn.Conv1d(2, 4, 3, { stride: 2, padding: 1 }),
  "conv1d dilated in groups": () => new nn.Conv1d(4, 4, 3, { dilation: 2, groups: 2 }),
  conv2d: () => new nn.Conv2d(2, 3, 3),
  "conv2d with stride and padding": () => new nn.Conv2d(2, 3, [3, 2], { stride: [2, 3], padding: [1, 1] }),
  "conv2d dilated": () => new nn.Conv2d(2, 2, 3, { padding: 2, dilation: 2 }),
  "conv2d in groups": () => new nn.Conv2d(4, 6, 3, { padding: 1, groups: 2 }),
  "conv2d depthwise without bias": () => new nn.Conv2d(3, 3, 3, { padding: 1, stride: 2, groups: 3, bias: false }),
  "conv2d same": () => new nn.Conv2d(1, 2, 4, { padding: "same" }),
  conv3d: () => new nn.Conv3d(1, 2, 2, { stride: [1, 2, 1], padding: 1 }),
  convTranspose2d: () => new nn.ConvTranspose2d(2, 3, 3),
  "convTranspose2d with stride": () => new nn.ConvTranspose2d(4, 2, 4, { stride: 2, padding: 1, groups: 2 }),
  "convTranspose2d with output padding": () =>
    new nn.ConvTranspose2d(2, 2, 3, { stride: 2, padding: 1, outputPadding: 1, bias: false }),
  maxPool1d: () => new nn.MaxPool1d(2),
  maxPool2d: () => new nn.MaxPool2d(2),
  "maxPool2d overlapping": () => new nn.MaxPool2d(3, { stride: 2, padding: 1 }),
  "maxPool2d dilated": () => new nn.MaxPool2d(2, { stride: 1, dilation: 2 }),
  avgPool2d: () => new nn.AvgPool2d(2),
  "avgPool2d with padding": () => new nn.AvgPool2d(3, { stride: 2, padding: 1 }),
  "avgPool2d without padding counted": () => new nn.AvgPool2d(3, { stride: 2, padding: 1, countIncludePad: false }),
  "adaptiveAvgPool2d to 1": () => new nn.AdaptiveAvgPool2d(1),
  "adaptiveAvgPool2d uneven": () => new nn.AdaptiveAvgPool2d([3, 2]),
  flatten: () => new nn.Flatten(),
  relu: () => new nn.ReLU(),
  leakyRelu: () => new nn.LeakyReLU(0.2),
  gelu: () => new nn.GELU(),
  "gelu tanh": () => new nn.GELU({ approximate: "tanh" }),
  tanh: () => new nn.Tanh(),
  sigmoid: () => new nn.Sigmoid(),
  silu: () => new nn.SiLU(),
  softmax: () => new nn.Softmax(),
  "softmax over channels": () => new nn.Softmax(1),
  logSoftmax: () => new nn.LogSoftmax(),
  batchNorm1d: () => new nn.BatchNorm1d(3),
  "batchNorm1d with length": () => new nn.BatchNorm1d(2, { eps: 1e-3, momentum: 0.3 }),
  "batchNorm1d in evaluation": () => new nn.BatchNorm1d(3),
  batchNorm2d: () => new nn.BatchNorm2d(2),
  "batchNorm2d without affine": () => new nn.BatchNorm2d(2, { affine: false }),
  "batchNorm2d cumulative": () => new nn.BatchNorm2d(2, { momentum: "cumulative" }),
  "batchNorm2d in evaluation": () => new nn.BatchNorm2d(2),
  layerNorm: () => new nn.LayerNorm(5),
  "layerNorm over two dimensions": () => new nn.LayerNorm([3, 4], { eps: 1e-3 }),
  "layerNorm without affine": () => new nn.LayerNorm(4, { elementwiseAffine: false }),
  embedding: () => new nn.Embedding(6, 3),
  "embedding with padding": () => new nn.Embedding(5, 2, { paddingIdx: 1 }),
  convTranspose1d: () => new nn.ConvTranspose1d(2, 3, 3, { stride: 2 }),
  convTranspose3d: () => new nn.ConvTranspose3d(1, 2, 2, { stride: 2 }),
  maxPool3d: () => new nn.MaxPool3d(2),
  avgPool1d: () => new nn.AvgPool1d(3, { stride: 2 }),
  avgPool3d: () => new nn.AvgPool3d(2, { stride: 1 }),
  batchNorm3d: () => new nn.BatchNorm3d(2),
  groupNorm: () => new nn.GroupNorm(2, 4),
  elu: () => new nn.ELU(),
  softplus: () => new nn.Softplus(),
  multiheadAttention: () => new nn.MultiheadAttention(8, 2, { batchFirst: true }),
};

function tensor({ values, shape, dtype }: Numbers): tf.Tensor {
  return tf.tensor(values, shape, dtype ?? "float32");
}

function numbersOf(tensor: tf.Tensor): Numbers {
  return { values: [...tensor.dataSync()], shape: tensor.shape };
}

function expectClose(actual: tf.Tensor | null | undefined, expected: RecordedTensor | undefined, what: string): void {
  expectRecorded(actual, expected, what, ofLargest(TOLERANCE));
}

await describeOnBackends("on %s, as in PyTorch", () => {
  it.each(fixture.layers)("$name", (recorded) => {
    const layer = LAYERS[recorded.name]?.();
    if (layer === undefined) throw new Error(`no layer for ${recorded.name}`);
    layer.loadStateDict(recorded.state);
    layer.train(recorded.training);
    {
      using _scope = tensorScope();
      const x = tensor(recorded.x);
      const y = layer.forward(x);
      expectClose(y, recorded.y, "y");
      const named = layer.namedParameters().filter(([name]) => name in recorded.gradients);
      expect(named.map(([name]) => name).toSorted()).toEqual(Object.keys(recorded.gradients).toSorted());
      const inputs = [...named.map(([, parameter]) => parameter), ...(recorded.dx === null ? [] : [x])];
      const gradients = grad(y, inputs, { gradOutputs: [tensor(recorded.dy)] });
      named.forEach(([name], i) =>
        expectClose(gradients[i], recorded.gradients[name] ?? { shape: [], values: [] }, `gradient of ${name}`),
      );
      if (recorded.dx !== null) expectClose(gradients.at(-1), recorded.dx, "gradient of x");
      for (const [name, value] of Object.entries(recorded.stateAfter))
        expectClose(layer.stateDict().get(name), value, name);
    }
    layer.dispose();
  });

  it.each(fixture.losses.map((recorded, index) => ({ ...recorded, index })))(
    "$name $index",
    ({ name, input, target, options, loss, dy, dinput }) => {
      using _scope = tensorScope();
      const weight = (key: string): tf.Tensor | undefined =>
        options[key] === undefined ? undefined : tensor(options[key] as Numbers);
      const renamed = {
        reduction: options["reduction"],
        ignoreIndex: options["ignore_index"],
        labelSmoothing: options["label_smoothing"],
        beta: options["beta"],
        weight: weight("weight"),
        posWeight: weight("pos_weight"),
      };
      const given = Object.fromEntries(Object.entries(renamed).filter(([, value]) => value !== undefined));
      const x = tensor(input);
      const value = nn.functional[name](x, tensor(target), given as object);
      expectClose(value, loss, "loss");
      expectClose(grad(value, [x], { gradOutputs: [tensor(dy)] })[0], dinput, "gradient");
    },
  );

  it.each(fixture.attention)("scaledDotProductAttention, causal: $causal", (recorded) => {
    using _scope = tensorScope();
    const [q, k, v] = [tensor(recorded.q), tensor(recorded.k), tensor(recorded.v)];
    const y = nn.functional.scaledDotProductAttention(q, k, v, { isCausal: recorded.causal });
    expectClose(y, recorded.y, "y");
    const [dq, dk, dv] = grad(y, [q, k, v], { gradOutputs: [tensor(recorded.dy)] });
    expectClose(dq, recorded.dq, "dq");
    expectClose(dk, recorded.dk, "dk");
    expectClose(dv, recorded.dv, "dv");
  });

  it.each(fixture.attention)(
    "selfAttention of the same queries, keys and values in one tensor, causal: $causal",
    (recorded) => {
      using _scope = tensorScope();
      const [, numHeads = 0] = recorded.q.shape;
      const join = (heads: Numbers): tf.Tensor =>
        tf.reshape(tf.transpose(tensor(heads), [0, 2, 1, 3]), [heads.shape[0] ?? 0, heads.shape[2] ?? 0, -1]);
      const pack = (...parts: Numbers[]): tf.Tensor => tf.concat(parts.map(join), 2);
      const qkv = pack(recorded.q, recorded.k, recorded.v);
      const y = nn.functional.selfAttention(qkv, { numHeads, isCausal: recorded.causal });
      expectClose(y, numbersOf(join(recorded.y)), "y");
      expectClose(
        grad(y, [qkv], { gradOutputs: [join(recorded.dy)] })[0],
        numbersOf(pack(recorded.dq, recorded.dk, recorded.dv)),
        "dqkv",
      );
    },
  );

  it.each(fixture.clipping)(
    "clipGradNorm, norm $normType, at most $maxNorm",
    ({ normType, maxNorm, before: gradients, norm, after }) => {
      using _scope = tensorScope();
      const parameters = gradients.map((gradient) => {
        const parameter = Parameter.fromData(gradient.values, gradient.shape);
        parameter.grad = tensor(gradient);
        return parameter;
      });
      expectClose(clipGradNorm(parameters, maxNorm, { normType: Number(normType) }), norm, "norm");
      parameters.forEach((parameter, i) => {
        expectClose(parameter.grad, after[i] ?? norm, `gradient ${i}`);
        parameter.dispose();
      });
    },
  );
});
