import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";
import * as nn from "../index.js";

const F = nn.functional;

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("shapes and values that do not fit", () => {
  const classes = (...values: number[]): tf.Tensor => tf.tensor1d(values, "int32");
  const cases: [what: string, run: () => unknown, message: RegExp][] = [
    [
      "an input with other features than the layer",
      () => new nn.Linear(4, 2).forward(tf.ones([3, 5])),
      /\[\.\.\., 4\].*Received \[3, 5\].*nn\.Flatten/,
    ],
    ["an image in tfjs' layout", () => new nn.Conv2d(3, 2, 3).forward(tf.ones([1, 8, 8, 3])), /3 channels.*transpose/],
    [
      "a kernel larger than the image",
      () => new nn.Conv2d(1, 2, 5).forward(tf.ones([1, 1, 4, 4])),
      /larger than the padded input/,
    ],
    ["pooling of a matrix", () => F.maxPool2d(tf.ones([3, 4]), 2), /wrong number of dimensions/],
    [
      "labels of another batch",
      () => F.crossEntropy(tf.ones([3, 4]), classes(0, 1)),
      /shape \[3\], int32.*Received int32 \[2\]/,
    ],
    ["labels that are floats", () => F.crossEntropy(tf.ones([2, 4]), tf.tensor1d([0, 1])), /float32 \[2\].*tf\.cast/],
    ["a class that does not exist", () => F.crossEntropy(tf.ones([2, 4]), classes(0, 4)), /class 4.*0 … 3/],
    ["targets that would broadcast", () => F.mseLoss(tf.ones([3, 1]), tf.ones([3])), /differ in shape/],
    ["a batch of one in batch norm", () => new nn.BatchNorm1d(2).forward(tf.ones([1, 2])), /no variance.*dropLast/],
    ["float indices", () => new nn.Embedding(3, 2).forward(tf.ones([2])), /indices are integers/],
    [
      "a projection that holds no query, key and value of every head",
      () => F.selfAttention(tf.ones([2, 4, 12]), { numHeads: 3 }),
      /\[\.\.\., T, 3 · 3 · D\].*Received float32 \[2, 4, 12\].*divide embedDim/,
    ],
    [
      "a projection of integers",
      () => F.selfAttention(tf.ones([2, 4, 12], "int32"), { numHeads: 2 }),
      /float32.*Received int32/,
    ],
    [
      "a vector in multi-head attention",
      () => new nn.MultiheadAttention(4, 2, { batchFirst: true }).forward(tf.ones([4])),
      /\[N, T, 4\].*without N.*Received \[4\]/,
    ],
    ["more mirrored padding than there is", () => F.pad(tf.ones([2, 3]), [3, 0], { mode: "reflect" }), /at most 2/],
    ["half a pair of padding", () => F.pad(tf.ones([2, 3]), [1]), /pairs of integers.*\[1\] for \[2, 3\]/],
    ["padding for more dimensions", () => F.pad(tf.ones([3]), [1, 1, 1, 1]), /at most 1 dimensions/],
    ["a sequence in padding of images", () => new nn.ZeroPad2d(1).forward(tf.ones([3, 4])), /\[N, C, length, length\]/],
    ["channels that make no pixels", () => F.pixelShuffle(tf.ones([1, 6, 2, 2]), 2), /divisible by 4.*\[1, 6, 2, 2\]/],
    ["rows that cannot be split", () => new nn.PixelUnshuffle(2).forward(tf.ones([1, 1, 3, 2])), /divisible by 2/],
    ["a dimension that cannot be split", () => new nn.Unflatten(1, [2, 2]).forward(tf.ones([2, 6])), /\[2, 2\]/],
    ["halves of an odd dimension", () => F.glu(tf.ones([2, 3])), /even length at -1.*\[2, 3\]/],
    ["an image in an adaptive pool of sequences", () => F.adaptiveMaxPool1d(tf.ones([1, 1, 2, 2]), 1), /length\]/],
    ["a sequence in instance norm of images", () => new nn.InstanceNorm2d(2).forward(tf.ones([2, 4])), /N, 2, length/],
    ["one place in instance norm", () => new nn.InstanceNorm1d(2).forward(tf.ones([3, 2, 1])), /no variance/],
    [
      "another last dimension in RMS norm",
      () => new nn.RMSNorm(3).forward(tf.ones([2, 4])),
      /^RMSNorm: .*\[\.\.\., 3\]/,
    ],
    ["vectors in local response norm", () => F.localResponseNorm(tf.ones([2, 4]), 2), /has no space/],
    [
      "inputs of another width in a bilinear layer",
      () => new nn.Bilinear(2, 3, 1).forward(tf.ones([4, 2]), tf.ones([4, 2])),
      /\[\.\.\., 2\] and \[\.\.\., 3\].*\[4, 2\] and \[4, 2\]/,
    ],
    [
      "a sequence in bilinear interpolation",
      () => F.interpolate(tf.ones([1, 1, 4]), { scaleFactor: 2, mode: "bilinear" }),
      /\[N, C, length, length\].*Received \[1, 1, 4\]/,
    ],
    [
      "places that are no int32",
      () => F.maxUnpool1d(tf.ones([1, 1, 2]), tf.ones([1, 1, 2]), 2),
      /int32 of the same shape.*float32/,
    ],
    [
      "a grid of another batch",
      () => F.gridSample(tf.ones([2, 1, 2, 2]), tf.ones([1, 2, 2, 2])),
      /do not fit.*\[2, 1, 2, 2\]/,
    ],
    [
      "a theta of another size",
      () => F.affineGrid(tf.ones([1, 2, 3]), [1, 1, 2, 2, 2]),
      /theta \[N, 3, 4\].*\[1, 2, 3\]/,
    ],
    [
      "columns that are no windows",
      () => F.fold(tf.ones([1, 4, 5]), 4, 2, { stride: 2 }),
      /2 · 2 windows.*\[1, 4, 5\]/,
    ],
    ["a window larger than the image", () => F.unfold(tf.ones([1, 1, 2, 2]), 3), /space for a window \[3, 3\]/],
    ["a vector in channel dropout", () => F.dropout2d(tf.ones([4])), /length, length\], or without N/],
    ["targets of another shape in a Huber loss", () => F.huberLoss(tf.ones([3, 1]), tf.ones([3])), /differ in shape/],
    ["floats as classes", () => F.multiMarginLoss(tf.ones([2, 3]), tf.ones([2])), /class numbers.*float32 \[2\]/],
    [
      "one target for several pairs",
      () => F.cosineEmbeddingLoss(tf.ones([2, 3]), tf.ones([2, 3]), tf.scalar(1)),
      /one target for each pair.*Expected \[2\]/,
    ],
    [
      "a variance of another shape",
      () => F.gaussianNllLoss(tf.ones([2, 3]), tf.ones([2, 3]), tf.ones([3])),
      /variance.*\[2, 3\], \[2, 1\] or \[2\].*Received \[3\]/,
    ],
    [
      "a fractional pool that is too large",
      () => F.fractionalMaxPool2d(tf.ones([1, 1, 4, 4]), 2, { outputSize: 4 }),
      /at most the input's.*\[1, 1, 4, 4\]/,
    ],
    [
      "samples of another pool",
      () => F.fractionalMaxPool3d(tf.ones([1, 4, 4, 4]), 2, { outputSize: 2, randomSamples: tf.ones([1, 1, 2]) }),
      /randomSamples.*\[1, 1, 3\].*\[1, 1, 2\]/,
    ],
    [
      "a sequence with its time behind",
      () => F.convTbc(tf.ones([2, 3, 4]), tf.ones([2, 3, 1]), tf.ones([1])),
      /\[T, N,/,
    ],
    [
      "a bias of another shape",
      () => F.linearCrossEntropy(tf.ones([2, 3]), tf.ones([4, 3]), classes(0, 1), { linearBias: tf.ones([3]) }),
      /\[C, \.\.\.space\].*\[3\]/,
    ],
    ["another last dimension in layer norm", () => new nn.LayerNorm(3).forward(tf.ones([2, 4])), /does not end with/],
  ];

  it.each(cases)("%s", (_, run, message) => {
    expect(() => tf.tidy(() => void run())).toThrow(ShapeError);
    expect(() => tf.tidy(() => void run())).toThrow(message);
  });

  it.each<[string, () => unknown, RegExp]>([
    ["an unknown option", () => new nn.Conv2d(1, 2, 3, JSON.parse('{"stirde": 2}')), /no option "stirde".*stride/],
    [
      "a misspelt option of attention",
      () => F.selfAttention(tf.ones([2, 4, 12]), JSON.parse('{"numHeads": 2, "isCasual": true}')),
      /no option "isCasual".*isCausal/,
    ],
    ["half a head", () => F.selfAttention(tf.ones([2, 4, 12]), { numHeads: 0.5 }), /numHeads/],
    ["zero features", () => new nn.Linear(0, 2), /inFeatures/],
    ["NaN features", () => new nn.Linear(2, Number.NaN), /outFeatures/],
    ["groups that do not divide the channels", () => new nn.Conv2d(3, 4, 3, { groups: 2 }), /divisible by groups/],
    ["a probability above 1", () => new nn.Dropout(1.5), /p from 0 to 1/],
    ["no size of an interpolation", () => F.interpolate(tf.ones([1, 1, 4]), {}), /either size or scaleFactor/],
    [
      "an unknown mode of interpolation",
      () => F.interpolate(tf.ones([1, 1, 4]), { size: 2, mode: "cubic" as "linear" }),
      /bicubic.*"cubic"/,
    ],
    ["padding for other dimensions", () => new nn.ZeroPad2d([1, 2]), /an integer, or 4 of them.*\[1,2\]/],
    ["padding of no numbers", () => new nn.ReflectionPad1d({ padding: 1 } as never), /an integer, or 2 of them/],
    ["an unknown mode of padding", () => F.pad(tf.ones([2]), [1, 1], { mode: "mirror" as "reflect" }), /"circular"/],
    [
      "an unknown mode of a convolution's padding",
      () => new nn.Conv2d(1, 1, 3, { paddingMode: "constant" as "zeros" }),
      /"reflect".*"constant"/,
    ],
    [
      "antialiasing of the nearest element",
      () => F.interpolate(tf.ones([1, 1, 4]), { size: 2, antialias: true }),
      /antialias is for images alone.*"bilinear" or "bicubic".*"nearest"/,
    ],
    [
      "no size of a fractional pool",
      () => F.fractionalMaxPool2d(tf.ones([1, 1, 4, 4]), 2, {}),
      /either outputSize, or/,
    ],
    [
      "a fractional pool of more than there is",
      () => new nn.FractionalMaxPool2d(2, { outputRatio: 1.5 }),
      /above 0 and below 1.*1.5/,
    ],
    [
      "clusters that do not rise",
      () => new nn.AdaptiveLogSoftmaxWithLoss(16, 10, [5, 5]),
      /rising integers from 1 to 9.*\[5,5\]/,
    ],
    ["a cluster without features", () => new nn.AdaptiveLogSoftmaxWithLoss(4, 10, [2, 5]), /width of cluster 1/],
    [
      "mirrored padding of a transposed convolution",
      () => new nn.ConvTranspose1d(1, 1, 2, { paddingMode: "reflect" as "zeros" }),
      /"zeros".*"reflect"/,
    ],
    ["a divisor of nothing", () => F.avgPool2d(tf.ones([1, 1, 4, 4]), 2, { divisorOverride: 0 }), /not 0.*Received 0/],
    [
      "ceilMode that is no flag",
      () => F.maxPool2d(tf.ones([1, 1, 4, 4]), 2, { ceilMode: 1 as never }),
      /true or false.*1/,
    ],
    [
      "a size that no pool has",
      () => F.maxUnpool1d(tf.ones([1, 1, 2]), tf.zeros([1, 1, 2], "int32"), 2, { outputSize: [7] }),
      /less than the stride/,
    ],
    [
      "a mode of sampling that volumes do not have",
      () => F.gridSample(tf.ones([1, 1, 2, 2, 2]), tf.ones([1, 2, 2, 2, 3]), { mode: "bicubic" }),
      /bilinear, nearest.*bicubic/,
    ],
    ["an adaptive size that does not fit", () => F.adaptiveAvgPool2d(tf.ones([1, 1, 2, 2]), [1]), /2 of them.*\[1\]/],
    [
      "factors for means",
      () => F.embeddingBag(classes(0, 1), tf.ones([2, 2]), { offsets: classes(0), perSampleWeights: tf.ones([2]) }),
      /"sum".*"mean" with perSampleWeights/,
    ],
    [
      "a table that cannot be changed",
      () => F.embedding(classes(0), tf.ones([2, 2]), { maxNorm: 1 }),
      /maxNorm changes the table.*a parameter/,
    ],
    ["slopes without a range", () => F.rrelu(tf.ones([2]), { lower: 1, upper: 0 }), /lower of at most upper/],
    [
      "no step of a power iteration",
      () => nn.utils.spectralNorm(new nn.Linear(2, 2), "weight", { nPowerIterations: 0 }),
      /at least one step/,
    ],
    [
      "a weight norm of no parameter",
      () => nn.utils.weightNorm(new nn.Linear(2, 2), "kernel"),
      /no parameter in a field "kernel".*weight, bias/,
    ],
    ["a second weight norm", () => nn.utils.weightNorm(nn.utils.weightNorm(new nn.Linear(2, 2))), /computed already/],
    ["the removal of no weight norm", () => nn.utils.removeWeightNorm(new nn.Linear(2, 2)), /has no weight norm/],
    ["the removal of no spectral norm", () => nn.utils.removeSpectralNorm(new nn.Linear(2, 2)), /has no spectral norm/],
    ["a padding row outside the table", () => new nn.Embedding(3, 2, { paddingIdx: 3 }), /-3 … 2/],
    ["same padding with a stride", () => new nn.Conv2d(1, 1, 3, { stride: 2, padding: "same" }), /needs stride 1/],
  ])("%s, when the layer is built", (_, build, message) => {
    expect(build).toThrow(MisconfigurationError);
    expect(build).toThrow(message);
  });
});
