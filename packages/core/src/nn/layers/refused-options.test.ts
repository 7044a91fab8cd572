import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { tf } from "../../tensor/tf.js";
import * as nn from "../index.js";

type AnyLayer = new (...args: unknown[]) => nn.Module;
const F = nn.functional;

/** Layers by name, as callers without types see them. */
function create(name: string, ...args: unknown[]): nn.Module {
  const layer = new Map<string, unknown>(Object.entries(nn)).get(name) as AnyLayer;
  return new layer(...args);
}

/** The arguments before the options. */
const LAYERS: readonly [name: string, ...leading: unknown[]][] = [
  ["Linear", 2, 3],
  ["Conv1d", 1, 1, 1],
  ["Conv2d", 1, 1, 1],
  ["Conv3d", 1, 1, 1],
  ["ConvTranspose1d", 1, 1, 1],
  ["ConvTranspose2d", 1, 1, 1],
  ["ConvTranspose3d", 1, 1, 1],
  ["MaxPool1d", 2],
  ["MaxPool2d", 2],
  ["MaxPool3d", 2],
  ["AvgPool1d", 2],
  ["AvgPool2d", 2],
  ["AvgPool3d", 2],
  ["LPPool1d", 2, 2],
  ["LPPool2d", 2, 2],
  ["LPPool3d", 2, 2],
  ["MaxUnpool1d", 2],
  ["MaxUnpool2d", 2],
  ["MaxUnpool3d", 2],
  ["AdaptiveMaxPool1d", 2],
  ["AdaptiveMaxPool2d", 2],
  ["AdaptiveMaxPool3d", 2],
  ["Fold", 4, 2],
  ["Unfold", 2],
  ["BatchNorm1d", 2],
  ["BatchNorm2d", 2],
  ["BatchNorm3d", 2],
  ["GroupNorm", 1, 2],
  ["LayerNorm", 2],
  ["Embedding", 2, 3],
  ["EmbeddingBag", 2, 3],
  ["RReLU"],
  ["CTCLoss"],
  ["FeatureAlphaDropout"],
  ["TripletMarginWithDistanceLoss"],
  ["MultiLabelMarginLoss"],
  ["MultiheadAttention", 4, 2],
  ["LSTM", 2, 3],
  ["GRU", 2, 3],
  ["RNN", 2, 3],
  ["LSTMCell", 2, 3],
  ["GRUCell", 2, 3],
  ["RNNCell", 2, 3],
  ["Dropout"],
  ["Flatten"],
  ["ReLU"],
  ["LeakyReLU"],
  ["GELU"],
  ["ELU"],
  ["Softplus"],
  ["Tanh"],
  ["Sigmoid"],
  ["SiLU"],
  ["InstanceNorm1d", 2],
  ["InstanceNorm2d", 2],
  ["InstanceNorm3d", 2],
  ["RMSNorm", 2],
  ["LocalResponseNorm", 2],
  ["CosineSimilarity"],
  ["PairwiseDistance"],
  ["Bilinear", 2, 2, 2],
  ["Upsample"],
  ["UpsamplingNearest2d"],
  ["UpsamplingBilinear2d"],
  ["Softmax"],
  ["Softmin"],
  ["Softmax2d"],
  ["ReLU6"],
  ["Hardsigmoid"],
  ["Hardswish"],
  ["Hardtanh"],
  ["Hardshrink"],
  ["Softshrink"],
  ["PReLU"],
  ["Mish"],
  ["SELU"],
  ["CELU"],
  ["GLU"],
  ["Softsign"],
  ["Tanhshrink"],
  ["LogSigmoid"],
  ["LogSoftmax"],
  ["CrossEntropyLoss"],
  ["KLDivLoss"],
  ["GaussianNLLLoss"],
  ["PoissonNLLLoss"],
  ["SoftMarginLoss"],
  ["MultiLabelSoftMarginLoss"],
  ["SmoothL1Loss"],
  ["HuberLoss"],
  ["MarginRankingLoss"],
  ["HingeEmbeddingLoss"],
  ["CosineEmbeddingLoss"],
  ["TripletMarginLoss"],
  ["MultiMarginLoss"],
  ["NLLLoss"],
  ["MSELoss"],
  ["L1Loss"],
  ["BCELoss"],
  ["BCEWithLogitsLoss"],
];

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("options that a layer does not have", () => {
  it.each(LAYERS)("are refused by nn.%s", (name, ...leading) => {
    const build = (): nn.Module => create(name, ...leading, { surelyNoOption: true });
    expect(build).toThrow(MisconfigurationError);
    expect(build).toThrow(new RegExp(`nn.${name} `));
  });

  it("are refused where an object was meant and PyTorch's position was written", () => {
    expect(() => create("MaxPool2d", 2, 2)).toThrow(/nn.MaxPool2d takes an object of options.*stride.*Received 2/);
    expect(() => create("LSTM", 2, 3, 2)).toThrow(/nn.LSTM takes an object of options.*Received 2/);
    expect(() => create("Softplus", 2)).toThrow(/nn.Softplus takes an object of options/);
    expect(() => create("Tanh", 3)).toThrow(/nn.Tanh takes no options.*Received 3/);
  });

  it.each(["ReLU", "ReLU6", "Hardswish", "SELU", "SiLU", "Mish"])(
    "may be nn.%s's inplace, which is to be left out",
    (name) => {
      for (const argument of [true, false, { inplace: true }])
        expect(() => create(name, argument)).toThrow(
          /takes no options.*leave out PyTorch's inplace: no tensor is changed/,
        );
      expect(() => create(name, 3)).not.toThrow(/inplace/);
    },
  );

  it.each([
    ["Hardtanh", {}, true],
    ["Hardtanh", { inplace: true }],
    ["ELU", 1, true],
    ["CELU", { inplace: true }],
    ["LeakyReLU", 0.2, true],
    ["LeakyReLU", { negativeSlope: 0.2, inplace: true }],
    ["Threshold", 1, 2, true],
    ["RReLU", { inplace: true }],
    ["Dropout", 0.5, true],
    ["Dropout", { p: 0.5, inplace: true }],
    ["Dropout2d", 0.5, true],
    ["AlphaDropout", { inplace: true }],
  ] as const)("may be inplace of nn.%s, too: %j", (name, ...args) => {
    expect(() => create(name, ...args)).toThrow(/leave out PyTorch's inplace: no tensor is changed/);
  });

  it("are limits of a hard tanh the wrong way round, or no numbers", () => {
    const x = tf.ones([2]);
    expect(() => F.hardtanh(x, { minVal: 2 })).toThrow(/minVal is above maxVal.*Received 2 and 1/);
    expect(() => create("Hardtanh", { maxVal: "6" })).toThrow(/maxVal is not usable.*a number/);
    x.dispose();
  });

  it("are refused by functions", () => {
    const x = tf.ones([1, 1, 4, 4]);
    const options = { ceilMod: true } as object;
    const calls = {
      maxPool2d: () => F.maxPool2d(x, 2, options),
      avgPool2d: () => F.avgPool2d(x, 2, options),
      conv2d: () => F.conv2d(x, tf.ones([1, 1, 1, 1]), undefined, options),
      convTranspose2d: () => F.convTranspose2d(x, tf.ones([1, 1, 1, 1]), undefined, options),
      linear: () => F.linear(x, tf.ones([2, 4]), undefined, options),
      gelu: () => F.gelu(x, options),
      softplus: () => F.softplus(x, options),
      dropout: () => F.dropout(x, options),
      embedding: () => F.embedding(tf.zeros([1], "int32"), tf.ones([2, 2]), options),
      batchNorm: () => F.batchNorm(x, options),
      groupNorm: () => F.groupNorm(x, 1, options),
      layerNorm: () => F.layerNorm(x, [4], options),
      mseLoss: () => F.mseLoss(x, x, options),
      l1Loss: () => F.l1Loss(x, x, options),
      smoothL1Loss: () => F.smoothL1Loss(x, x, options),
      binaryCrossEntropy: () => F.binaryCrossEntropy(x, x, options),
      binaryCrossEntropyWithLogits: () => F.binaryCrossEntropyWithLogits(x, x, options),
      crossEntropy: () => F.crossEntropy(x, x, options),
      nllLoss: () => F.nllLoss(x, x, options),
      scaledDotProductAttention: () => F.scaledDotProductAttention(x, x, x, options),
    };
    for (const [name, call] of Object.entries(calls))
      expect(() => tf.tidy(() => void call()), name).toThrow(new RegExp(`${name} has no option "ceilMod"`));
    x.dispose();
  });

  it("are numbers, where they have a place and a name", () => {
    expect(() => create("LeakyReLU", { negativeSlope: "steep" })).toThrow(/negativeSlope is no number/);
    expect(new nn.LeakyReLU({ negativeSlope: 0.2 }).negativeSlope).toBe(0.2);
    expect(new nn.Dropout({ p: 0.1 }).p).toBe(0.1);
    expect(new nn.Softmax({ dim: 1 }).dim).toBe(1);
    expect(new nn.ELU(0.5).alpha).toBe(0.5);
  });
});

describe("an input that does not fit", () => {
  const model = new nn.Sequential(new nn.Sequential(new nn.Linear(4, 4), new nn.ReLU()), new nn.Linear(4, 2));

  it("is named with the path of its layer", () => {
    model.parameters();
    expect(() => model.forward(tf.ones([3, 5]))).toThrow(
      /^0\.0 \(Linear\): .*Expected.*\[\.\.\., 4\].*Received \[3, 5\]/,
    );
    expect(() => new nn.Linear(4, 2).forward(tf.ones([3, 5]))).toThrow(/^Linear: /);
  });

  it("may be an array of two batches, which is said", () => {
    const forward = model.forward.bind(model) as (x: unknown) => unknown;
    expect(() => forward([tf.ones([3, 4]), tf.ones([3])])).toThrow(
      /^0\.0 \(Linear\): the input is an array of 2.*Received \[a tensor of shape \[3, 4\], a tensor of shape \[3\]\].*const \[x, y\]/,
    );
    expect(() => forward(undefined)).toThrow(/the input is no tensor.*Received undefined/);
  });

  it("is named too where an operation of tfjs refused it", () => {
    const block = new nn.Module();
    block.registerModule("criterion", new nn.CrossEntropyLoss({ weight: tf.ones([3]) }));
    block.namedModules();
    const loss = block.getSubmodule("criterion") as nn.CrossEntropyLoss;
    expect(() => loss.forward(tf.zeros([2, 4]), tf.tensor1d([0, 1], "int32"))).toThrow(
      /^criterion \(CrossEntropyLoss\): the inputs do not fit: .*2,4 and 3.*Received an input of shape \[2, 4\]/,
    );
  });

  it("may be what no container takes", () => {
    const build = (part: unknown): unknown => new nn.Sequential(part as nn.Linear);
    expect(() => build([new nn.Linear(2, 2)])).toThrow(/nn.Sequential takes modules.*\.\.\.layers/);
    expect(() => build(F.relu)).toThrow(/nn.Sequential takes modules.*the function relu.*new nn.ReLU\(\)/);
    expect(() => build(undefined)).toThrow(/takes modules.*undefined/);
    expect(() => new nn.ModuleDict({ a: "b" as never })).toThrow(/nn.ModuleDict takes modules.*"b"/);
  });
});
