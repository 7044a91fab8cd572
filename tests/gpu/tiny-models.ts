import { F, type HostTensor, nn, RandomStream, tf } from "lightning-ts/core";

type TensorModule = nn.Module & { forward(x: tf.Tensor): tf.Tensor };

/** A model, and the batch that it learns by heart. */
export interface TinyTask {
  readonly model: TensorModule;
  readonly inputs: HostTensor;
  readonly targets: HostTensor;
}

/** Five kinds of models, so small that a software GPU takes well under a second for a step. */
export const TINY_MODELS: Readonly<Record<string, () => TinyTask>> = {
  mlp: () => ({
    model: chain(new nn.Linear(20, 16), new nn.ReLU(), new nn.Linear(16, 10)),
    inputs: normal(8, 20),
    targets: classes(10, 8),
  }),
  cnn: () => ({
    model: chain(
      new nn.Conv2d(1, 4, 3),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Conv2d(4, 8, 3),
      new nn.ReLU(),
      new nn.Flatten(),
      new nn.Dropout(0.25),
      new nn.Linear(72, 10),
    ),
    inputs: normal(4, 1, 12, 12),
    targets: classes(10, 4),
  }),
  resnet: () => ({
    model: chain(
      new nn.Conv2d(3, 4, 3, { padding: 1, bias: false }),
      new nn.BatchNorm2d(4),
      new nn.ReLU(),
      new ResidualBlock(4, 4, 1),
      new ResidualBlock(4, 8, 2),
      new nn.AdaptiveAvgPool2d(1),
      new nn.Flatten(),
      new nn.Linear(8, 10),
    ),
    inputs: normal(4, 3, 8, 8),
    targets: classes(10, 4),
  }),
  lstm: () => ({ model: new TinyLstm(), inputs: classes(20, 4, 6), targets: classes(20, 24) }),
  gpt: () => ({ model: new TinyGpt(), inputs: classes(20, 4, 8), targets: classes(20, 32) }),
};

class ResidualBlock extends nn.Module {
  readonly main: nn.Sequential;
  readonly shortcut: nn.Sequential;

  constructor(from: number, to: number, stride: number) {
    super();
    this.main = chain(
      new nn.Conv2d(from, to, 3, { stride, padding: 1, bias: false }),
      new nn.BatchNorm2d(to),
      new nn.ReLU(),
      new nn.Conv2d(to, to, 3, { padding: 1, bias: false }),
      new nn.BatchNorm2d(to),
    );
    this.shortcut = chain(new nn.Conv2d(from, to, 1, { stride, bias: false }), new nn.BatchNorm2d(to));
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return F.relu(tf.add(this.main.forward(x), this.shortcut.forward(x)));
  }
}

class TinyLstm extends nn.Module {
  readonly tokens = new nn.Embedding(20, 12);
  readonly lstm = new nn.LSTM(12, 16, { batchFirst: true });
  readonly head = new nn.Linear(16, 20);

  override forward(x: tf.Tensor): tf.Tensor {
    const [outputs] = this.lstm.forward(this.tokens.forward(x));
    return this.head.forward(tf.reshape(outputs, [-1, 16]));
  }
}

class TinyGpt extends nn.Module {
  readonly tokens = new nn.Embedding(20, 16);
  readonly positions = new nn.Embedding(8, 16);
  readonly norm1 = new nn.LayerNorm(16);
  readonly qkv = new nn.Linear(16, 48);
  readonly out = new nn.Linear(16, 16);
  readonly norm2 = new nn.LayerNorm(16);
  readonly expand = new nn.Linear(16, 64);
  readonly contract = new nn.Linear(64, 16);
  readonly dropout = new nn.Dropout(0.1);
  readonly head = new nn.Linear(16, 20);

  override forward(x: tf.Tensor): tf.Tensor {
    const placed = tf.add(this.tokens.forward(x), this.positions.forward(tf.range(0, 8, 1, "int32")));
    const heads = F.selfAttention(this.qkv.forward(this.norm1.forward(placed)), { numHeads: 2, isCausal: true });
    const attended = tf.add(placed, this.out.forward(heads));
    const expanded = F.gelu(this.expand.forward(this.norm2.forward(attended)));
    const result = tf.add(attended, this.dropout.forward(this.contract.forward(expanded)));
    return tf.reshape(this.head.forward(result), [-1, 20]);
  }
}

function chain(...layers: TensorModule[]): nn.Sequential {
  return new nn.Sequential(...layers);
}

function normal(...shape: number[]): HostTensor {
  const stream = RandomStream.named("tiny inputs");
  return tf.buffer(shape, "float32", stream.fillNormal(new Float32Array(tf.util.sizeFromShape(shape))));
}

function classes(count: number, ...shape: number[]): HostTensor {
  const stream = RandomStream.named("tiny classes");
  const draw = (): number => Math.floor(stream.uniform() * count);
  return tf.buffer(shape, "int32", Int32Array.from({ length: tf.util.sizeFromShape(shape) }, draw));
}
