import { grad, nn, seedEverything, tf } from "lightning-ts/core";
import { type Case, indices, numbers } from "./case.js";

interface LayerCase {
  readonly name: string;
  readonly bits: Case["bits"];
  readonly make: () => nn.TensorModule;
  readonly input: (size: number) => tf.Tensor;
}

const rows = (width: number) => (size: number) => numbers([Math.ceil(size / width), width]);
const images =
  (channels: number, ...spatial: number[]) =>
  (size: number) =>
    numbers([Math.ceil(size / (channels * spatial.reduce((a, b) => a * b, 1))), channels, ...spatial]);
const tokens = (vocabulary: number, width: number) => (size: number) =>
  indices([Math.ceil(size / (width * 64)), 64], vocabulary);

const everywhere = (name: string, make: LayerCase["make"], input: LayerCase["input"]): LayerCase => ({
  name,
  bits: "everywhere",
  make,
  input,
});
const perThreads = (name: string, make: LayerCase["make"], input: LayerCase["input"]): LayerCase => ({
  name,
  bits: "per number of threads",
  make,
  input,
});

type RecurrentLayer = nn.Module & { forward(x: tf.Tensor): [output: tf.Tensor, state: unknown] };

/** A recurrent layer as one from tensor to tensor. */
class Recurrent extends nn.Module {
  constructor(readonly inner: RecurrentLayer) {
    super();
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return this.inner.forward(x)[0];
  }
}

const LAYERS: readonly LayerCase[] = [
  perThreads("Linear", () => new nn.Linear(96, 130), rows(96)),
  everywhere("Linear(384, 1), one column", () => new nn.Linear(384, 1), rows(384)),
  everywhere("Linear(1, 257), one column back", () => new nn.Linear(1, 257), rows(1)),
  perThreads("Linear, few rows", () => new nn.Linear(384, 64), rows(384)),
  perThreads("Conv1d", () => new nn.Conv1d(8, 12, 5, { padding: 2 }), images(8, 500)),
  perThreads("Conv2d", () => new nn.Conv2d(8, 16, 3, { padding: 1 }), images(8, 31, 31)),
  perThreads("Conv2d with stride", () => new nn.Conv2d(3, 8, 5, { stride: 2, padding: 2 }), images(3, 33, 33)),
  perThreads("Conv2d in groups", () => new nn.Conv2d(8, 8, 3, { groups: 8 }), images(8, 31, 31)),
  perThreads("Conv3d", () => new nn.Conv3d(2, 4, 3, { padding: 1 }), images(2, 11, 11, 11)),
  perThreads("ConvTranspose1d", () => new nn.ConvTranspose1d(4, 6, 4, { stride: 2 }), images(4, 301)),
  perThreads("ConvTranspose2d", () => new nn.ConvTranspose2d(4, 6, 4, { stride: 2, padding: 1 }), images(4, 21, 21)),
  perThreads("ConvTranspose3d", () => new nn.ConvTranspose3d(2, 3, 2, { stride: 2 }), images(2, 7, 7, 7)),
  perThreads("Conv2d of one image", () => new nn.Conv2d(64, 16, 3, { padding: 1 }), images(64, 33, 33)),
  perThreads("Conv2d of one small image", () => new nn.Conv2d(64, 3, 3, { padding: 1 }), images(64, 7, 7)),
  perThreads("Conv3d of one volume", () => new nn.Conv3d(2, 16, 3, { padding: 1 }), images(2, 18, 18, 18)),
  perThreads("ConvTranspose2d of one image", () => new nn.ConvTranspose2d(8, 64, 3), images(8, 37, 37)),
  perThreads(
    "MultiheadAttention",
    () => new nn.MultiheadAttention(48, 4, { batchFirst: true }),
    (size) => numbers([Math.ceil(size / (48 * 40)), 40, 48]),
  ),
  perThreads("LSTM", () => new Recurrent(new nn.LSTM(40, 64, { batchFirst: true })), images(37, 40)),
  perThreads("LSTM, bidirectional", () => new Recurrent(new nn.LSTM(5, 9, { bidirectional: true })), images(16, 5)),
  perThreads("LSTM of one sequence", () => new Recurrent(new nn.LSTM(96, 33)), images(1, 96)),
  perThreads("GRU", () => new Recurrent(new nn.GRU(40, 64, { numLayers: 2 })), images(37, 40)),
  perThreads("RNN", () => new Recurrent(new nn.RNN(40, 64)), images(37, 40)),
  everywhere("Embedding(65, 384)", tokenLayer(65, 384), tokens(65, 384)),
  everywhere("Embedding(5000, 48)", tokenLayer(5000, 48), tokens(5000, 48)),
  everywhere("Embedding(20, 3), with padding", tokenLayer(20, 3, 1), tokens(20, 3)),
  everywhere("BatchNorm1d", () => new nn.BatchNorm1d(37), rows(37)),
  everywhere("BatchNorm2d", () => new nn.BatchNorm2d(8), images(8, 31, 31)),
  everywhere("BatchNorm3d", () => new nn.BatchNorm3d(3), images(3, 9, 9, 9)),
  everywhere("GroupNorm", () => new nn.GroupNorm(4, 8), images(8, 31, 31)),
  everywhere("LayerNorm", () => new nn.LayerNorm(384), rows(384)),
  everywhere("LayerNorm of a few long rows", () => new nn.LayerNorm(40_000), rows(40_000)),
  everywhere("LayerNorm without affine", () => new nn.LayerNorm([7, 11], { elementwiseAffine: false }), images(7, 11)),
  everywhere("MaxPool1d, overlapping", () => new nn.MaxPool1d(3, { stride: 1, padding: 1 }), images(4, 1001)),
  everywhere("MaxPool2d", () => new nn.MaxPool2d(2), images(8, 31, 31)),
  everywhere("MaxPool2d, overlapping", () => new nn.MaxPool2d(3, { stride: 1, padding: 1 }), images(8, 31, 31)),
  everywhere("MaxPool2d, overlapping by far", () => new nn.MaxPool2d(7, { stride: 2, padding: 3 }), images(4, 31, 31)),
  everywhere("MaxPool3d, overlapping", () => new nn.MaxPool3d(3, { stride: 2, padding: 1 }), images(2, 11, 11, 11)),
  everywhere("AvgPool1d", () => new nn.AvgPool1d(5, { stride: 2, padding: 2 }), images(4, 1001)),
  everywhere("AvgPool2d", () => new nn.AvgPool2d(3, { stride: 2, padding: 1 }), images(8, 31, 31)),
  everywhere("AvgPool3d", () => new nn.AvgPool3d(2, { stride: 1 }), images(2, 11, 11, 11)),
  everywhere("AdaptiveAvgPool2d", () => new nn.AdaptiveAvgPool2d([3, 2]), images(8, 31, 31)),
  everywhere("AdaptiveAvgPool2d to 1", () => new nn.AdaptiveAvgPool2d(1), images(8, 31, 31)),
  everywhere("AdaptiveMaxPool2d", () => new nn.AdaptiveMaxPool2d([3, 2]), images(8, 31, 31)),
  everywhere("ReflectionPad2d", () => new nn.ReflectionPad2d(3), images(8, 31, 31)),
  everywhere("PixelShuffle", () => new nn.PixelShuffle(2), images(8, 31, 31)),
  everywhere("Hardswish", () => new nn.Hardswish(), rows(333)),
  everywhere("Mish", () => new nn.Mish(), rows(333)),
  everywhere("SELU", () => new nn.SELU(), rows(333)),
  everywhere("PReLU", () => new nn.PReLU({ numParameters: 8 }), images(8, 31, 31)),
  everywhere("ReLU", () => new nn.ReLU(), rows(333)),
  everywhere("LeakyReLU", () => new nn.LeakyReLU(0.2), rows(333)),
  everywhere("ELU", () => new nn.ELU(), rows(333)),
  everywhere("GELU", () => new nn.GELU(), rows(333)),
  everywhere("GELU by tanh", () => new nn.GELU({ approximate: "tanh" }), rows(333)),
  everywhere("SiLU", () => new nn.SiLU(), rows(333)),
  everywhere("Sigmoid", () => new nn.Sigmoid(), rows(333)),
  everywhere("Softplus", () => new nn.Softplus(), rows(333)),
  everywhere("Tanh", () => new nn.Tanh(), rows(333)),
  everywhere("Softmax", () => new nn.Softmax(), rows(333)),
  everywhere("Softmax over channels", () => new nn.Softmax(1), images(8, 31, 31)),
  everywhere("LogSoftmax", () => new nn.LogSoftmax(), rows(1001)),
  everywhere("Dropout", () => new nn.Dropout(0.3), rows(333)),
];

function tokenLayer(vocabulary: number, width: number, paddingIdx?: number): LayerCase["make"] {
  return () => new nn.Embedding(vocabulary, width, { paddingIdx });
}

/** Output, a loss, its gradients in the input and the parameters, and buffers afterwards, of every layer of `nn`. */
export const LAYER_CASES: readonly Case[] = LAYERS.map(({ name, bits, make, input }) => ({
  name: `nn.${name}`,
  bits,
  run(size) {
    seedEverything(7);
    const layer = make();
    const x = input(size);
    const y = layer.forward(x);
    const inputs = [...layer.parameters(), ...(x.dtype === "float32" ? [x] : [])];
    const loss = tf.mean(tf.mul(y, numbers(y.shape, 9)));
    const gradients = grad(loss, inputs).map((gradient) => gradient ?? tf.zeros([1]));
    const buffers = layer.buffers().map((buffer) => tf.clone(buffer));
    return [y, loss, ...gradients, ...buffers];
  },
}));
