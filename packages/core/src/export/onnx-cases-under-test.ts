import * as nn from "../nn/index.js";
import { Module } from "../nn/module.js";
import { tf } from "../tensor/tf.js";

/** A module whose forward is what a case says. */
export class Call extends Module {
  readonly linear = new nn.Linear(4, 6);
  readonly scale = new nn.Linear(6, 6);
  constructor(readonly body: (this: Call, x: tf.Tensor) => unknown) {
    super();
  }
  override forward(x: tf.Tensor): unknown {
    return this.body(x);
  }
}

class Attend extends Module {
  readonly attention = new nn.MultiheadAttention(8, 2, { batchFirst: true, dropout: 0.2 });
  constructor(readonly call: Parameters<nn.MultiheadAttention["forward"]>[3] = {}) {
    super();
  }
  override forward(x: tf.Tensor): tf.Tensor {
    return this.attention.forward(x, x, x, this.call)[0];
  }
}

/** An encoder and a decoder that reads what it has made. */
class Translate extends Module {
  readonly transformer = new nn.Transformer(8, 2, {
    numEncoderLayers: 1,
    numDecoderLayers: 1,
    dimFeedforward: 16,
    batchFirst: true,
  });
  override forward(x: tf.Tensor): tf.Tensor {
    return this.transformer.forward(x, x);
  }
}

/** The outputs of a recurrent layer, without its last states. */
class OutputsOf extends Module {
  constructor(readonly layer: Module & { forward(x: tf.Tensor): readonly [tf.Tensor, unknown] }) {
    super();
  }
  override forward(x: tf.Tensor): tf.Tensor {
    return this.layer.forward(x)[0];
  }
}

/** Two steps of cells. */
class Cells extends Module {
  readonly lstm = new nn.LSTMCell(4, 3);
  readonly gru = new nn.GRUCell(3, 3);
  override forward(x: tf.Tensor): tf.Tensor {
    const [h, c] = this.lstm.forward(x);
    return this.gru.forward(this.lstm.forward(x, [h, c])[0], h);
  }
}

/** A module, and the shape of its input without the batch. */
export interface Layer {
  readonly name: string;
  readonly make: () => Module;
  readonly rest: readonly number[];
  /** The input has whole numbers below this; 0 for any numbers. */
  readonly highest: number;
}

function layer(name: string, make: () => Module, rest: readonly number[], highest = 0): Layer {
  return { name, make, rest, highest };
}

export const LAYERS: readonly Layer[] = [
  layer("Linear", () => new nn.Linear(4, 3), [4]),
  layer("Linear without bias, one column", () => new nn.Linear(4, 1, { bias: false }), [5, 4]),
  layer("Linear over more than 65536 results", () => new nn.Linear(4, 30), [16, 4]),
  layer("Conv1d", () => new nn.Conv1d(3, 4, 3, { padding: 1 }), [3, 9]),
  layer("Conv2d", () => new nn.Conv2d(8, 16, 3, { stride: 2, padding: 1 }), [8, 9, 9]),
  layer("Conv2d, groups and dilation", () => new nn.Conv2d(4, 8, 3, { groups: 2, dilation: 2 }), [4, 9, 9]),
  layer("Conv3d", () => new nn.Conv3d(2, 3, 2), [2, 4, 4, 4]),
  layer("ConvTranspose1d", () => new nn.ConvTranspose1d(3, 2, 3, { stride: 2 }), [3, 5]),
  layer(
    "ConvTranspose2d",
    () => new nn.ConvTranspose2d(3, 2, 3, { stride: 2, padding: 1, outputPadding: 1 }),
    [3, 5, 5],
  ),
  layer("ConvTranspose3d", () => new nn.ConvTranspose3d(2, 2, 2), [2, 3, 3, 3]),
  layer("BatchNorm1d", () => new nn.BatchNorm1d(4), [4]),
  layer("BatchNorm2d", () => new nn.BatchNorm2d(3), [3, 4, 4]),
  layer("BatchNorm3d", () => new nn.BatchNorm3d(2), [2, 3, 3, 3]),
  layer("Dropout", () => new nn.Dropout(0.5), [4]),
  layer("Embedding", () => new nn.Embedding(11, 4), [5], 11),
  layer("ELU", () => new nn.ELU(), [4]),
  layer("GELU", () => new nn.GELU(), [4]),
  layer("GELU by tanh", () => new nn.GELU({ approximate: "tanh" }), [4]),
  layer("LeakyReLU", () => new nn.LeakyReLU(), [4]),
  layer("LogSoftmax", () => new nn.LogSoftmax(-1), [4]),
  layer("ReLU", () => new nn.ReLU(), [4]),
  layer("Sigmoid", () => new nn.Sigmoid(), [4]),
  layer("SiLU", () => new nn.SiLU(), [4]),
  layer("Softmax", () => new nn.Softmax(-1), [4]),
  layer("Softplus", () => new nn.Softplus(), [4]),
  layer("Tanh", () => new nn.Tanh(), [4]),
  layer("GroupNorm", () => new nn.GroupNorm(2, 4), [4, 5]),
  layer("LayerNorm", () => new nn.LayerNorm(6), [5, 6]),
  layer("AdaptiveAvgPool2d", () => new nn.AdaptiveAvgPool2d(1), [3, 6, 6]),
  layer("AdaptiveAvgPool2d to a grid", () => new nn.AdaptiveAvgPool2d([2, 3]), [3, 6, 6]),
  layer("AvgPool1d", () => new nn.AvgPool1d(2), [3, 6]),
  layer("AvgPool2d", () => new nn.AvgPool2d(3, { stride: 2, padding: 1 }), [3, 6, 6]),
  layer("AvgPool3d", () => new nn.AvgPool3d(2), [2, 4, 4, 4]),
  layer("MaxPool1d", () => new nn.MaxPool1d(2), [3, 6]),
  layer("MaxPool2d", () => new nn.MaxPool2d(3, { stride: 2, padding: 1 }), [3, 6, 6]),
  layer("MaxPool3d", () => new nn.MaxPool3d(2), [2, 4, 4, 4]),
  layer("Flatten", () => new nn.Flatten(), [3, 4]),
  layer("Identity", () => new nn.Identity(), [3]),
  layer(
    "a convolutional net",
    () =>
      new nn.Sequential(
        new nn.Conv2d(1, 8, 3, { padding: 1 }),
        new nn.BatchNorm2d(8),
        new nn.ReLU(),
        new nn.MaxPool2d(2),
        new nn.Conv2d(8, 16, 3),
        new nn.ReLU(),
        new nn.Flatten(),
        new nn.Dropout(0.4),
        new nn.Linear(16 * 16, 10),
      ),
    [1, 12, 12],
  ),
  layer("AdaptiveAvgPool1d", () => new nn.AdaptiveAvgPool1d(3), [3, 8]),
  layer("AdaptiveAvgPool3d", () => new nn.AdaptiveAvgPool3d(2), [2, 5, 5, 5]),
  layer("AdaptiveMaxPool1d", () => new nn.AdaptiveMaxPool1d(3), [3, 8]),
  layer("AdaptiveMaxPool2d", () => new nn.AdaptiveMaxPool2d(3), [3, 8, 7]),
  layer("AdaptiveMaxPool3d", () => new nn.AdaptiveMaxPool3d(2), [2, 5, 5, 5]),
  layer("CELU", () => new nn.CELU(), [4]),
  layer("ChannelShuffle", () => new nn.ChannelShuffle(2), [4, 3, 3]),
  layer("CircularPad1d", () => new nn.CircularPad1d(1), [4, 5]),
  layer("CircularPad2d", () => new nn.CircularPad2d(1), [2, 4, 5]),
  layer("ConstantPad2d", () => new nn.ConstantPad2d(1, 3), [2, 4, 5]),
  layer("GLU", () => new nn.GLU(), [4]),
  layer("Hardshrink", () => new nn.Hardshrink(), [4]),
  layer("Hardsigmoid", () => new nn.Hardsigmoid(), [4]),
  layer("Hardswish", () => new nn.Hardswish(), [4]),
  layer("Hardtanh", () => new nn.Hardtanh(), [4]),
  layer("LogSigmoid", () => new nn.LogSigmoid(), [4]),
  layer("Mish", () => new nn.Mish(), [4]),
  layer("PReLU", () => new nn.PReLU(), [4]),
  layer("PixelShuffle", () => new nn.PixelShuffle(2), [4, 3, 3]),
  layer("PixelUnshuffle", () => new nn.PixelUnshuffle(2), [1, 4, 4]),
  layer("ReLU6", () => new nn.ReLU6(), [4]),
  layer("ReflectionPad1d", () => new nn.ReflectionPad1d(1), [2, 5]),
  layer("ReflectionPad2d", () => new nn.ReflectionPad2d(2), [2, 5, 5]),
  layer("ReplicationPad2d", () => new nn.ReplicationPad2d(2), [2, 5, 5]),
  layer("SELU", () => new nn.SELU(), [4]),
  layer("Softmax2d", () => new nn.Softmax2d(), [3, 2, 2]),
  layer("Softmin", () => new nn.Softmin(-1), [4]),
  layer("Softshrink", () => new nn.Softshrink(), [4]),
  layer("Softsign", () => new nn.Softsign(), [4]),
  layer("Tanhshrink", () => new nn.Tanhshrink(), [4]),
  layer("Threshold", () => new nn.Threshold(0.1, 20), [4]),
  layer("Unflatten", () => new nn.Unflatten(1, [2, 2]), [4]),
  layer("ZeroPad3d", () => new nn.ZeroPad3d(1), [1, 2, 2, 2]),
  layer("ReplicationPad3d", () => new nn.ReplicationPad3d(1), [1, 2, 2, 2]),
  layer("RNN", () => new OutputsOf(new nn.RNN(4, 3, { batchFirst: true })), [5, 4]),
  layer("GRU", () => new OutputsOf(new nn.GRU(4, 3, { batchFirst: true })), [5, 4]),
  layer(
    "LSTM, two layers both ways",
    () => new OutputsOf(new nn.LSTM(4, 3, { batchFirst: true, numLayers: 2, bidirectional: true, dropout: 0.3 })),
    [5, 4],
  ),
  layer("cells", () => new Cells(), [4]),
  layer("attention", () => new Attend(), [5, 8]),
  layer("a transformer", () => new Translate(), [5, 8]),
  layer("causal attention", () => new Attend({ isCausal: true }), [5, 8]),
];

export type Program = (this: Call, x: tf.Tensor) => tf.Tensor;
/** Forwards in which the size of the batch occurs; their input is [N, 4]. */
export const PROGRAMS: Readonly<Record<string, Program>> = {
  "a reshape by the batch's size": (x) => x.reshape([x.shape[0] ?? 0, 2, 2]),
  "a reshape that joins the batch with another axis": (x) => x.reshape([(x.shape[0] ?? 0) * 2, 2]),
  "a mean over everything": (x) => x.mean(),
  "a mean over the batch": (x) => x.mean(0),
  "a sum divided by the batch's size": (x) => x.sum(0).div(x.shape[0] ?? 1),
  "zeros and ones of the batch's size": (x) => tf.concat([x, tf.zeros([x.shape[0] ?? 0, 2]), tf.onesLike(x)], 1),
  "a state of zeros": function f(x) {
    return this.linear.forward(x).add(this.scale.forward(tf.zeros([x.shape[0] ?? 0, 6])));
  },
  "a fill": (x) => x.add(tf.fill([x.shape[0] ?? 0, 4], 0.5)),
  "a slice to the batch's end": (x) => x.slice([0, 1], [x.shape[0] ?? 0, 2]),
  "a row that is repeated for each of the batch": (x) =>
    x.add(tf.tile(tf.tensor2d([[1, 2, 3, 4]]), [x.shape[0] ?? 0, 1])),
  "rows in reverse": (x) => x.reverse(0),
  "a product of the batch with itself": (x) => x.matMul(x, false, true).softmax(-1),
  "the row before": (x) =>
    tf.concat([x.slice([(x.shape[0] ?? 1) - 1, 0], [1, 4]), x.slice([0, 0], [x.shape[0] ?? 0, 4])], 0),
  where: (x) => tf.where(x.greater(0), x, x.mul(0.1)),
  "an argument of the maximum": (x) => x.argMax(1).toFloat(),
  "one hot rows": (x) => tf.oneHot(x.argMax(1), 4),
  "a cumulative sum": (x) => x.cumsum(1),
  "a transpose": (x) => x.transpose(),
  "an einsum": (x) => tf.einsum("bi,bj->bij", x, x),
  "a gather along an axis": (x) => x.gather(tf.tensor1d([2, 0], "int32"), 1),
  padding: (x) =>
    x.pad([
      [0, 0],
      [1, 2],
    ]),
  "clipped values, powers and roots": (x) => x.clipByValue(-1, 1).square().add(1).sqrt().log().exp(),
};
