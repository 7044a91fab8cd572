import { F, nn, tf } from "../../../packages/core/src/index.js";
import { normalNumbers, wholeNumbers } from "../../../apps/benchmarks/src/workloads/batches.js";
import type { Training } from "../../../apps/benchmarks/src/workloads/workload.js";

const [VOCABULARY, TIME, WIDTH, CLASSES] = [20, 8, 16, 10];

/** A residual block as torchvision's, with a projection. */
class ResidualBlock extends nn.Module {
  readonly body: nn.Sequential;
  readonly projection: nn.Sequential;

  constructor(before: number, width: number, stride: number) {
    super();
    this.body = new nn.Sequential(
      new nn.Conv2d(before, width, 3, { stride, padding: 1, bias: false }),
      new nn.BatchNorm2d(width),
      new nn.ReLU(),
      new nn.Conv2d(width, width, 3, { padding: 1, bias: false }),
      new nn.BatchNorm2d(width),
    );
    const reshaping = new nn.Conv2d(before, width, 1, { stride, bias: false });
    this.projection = new nn.Sequential(reshaping, new nn.BatchNorm2d(width));
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return F.relu(tf.add(this.body.forward(x), this.projection.forward(x)));
  }
}

/** Predicts each next token from an LSTM's states. */
class RecurrentModel extends nn.Module {
  readonly tokens = new nn.Embedding(VOCABULARY, WIDTH);
  readonly layer = new nn.LSTM(WIDTH, WIDTH, { batchFirst: true });
  readonly head = new nn.Linear(WIDTH, VOCABULARY);

  override forward(x: tf.Tensor): tf.Tensor {
    const [states] = this.layer.forward(this.tokens.forward(x));
    return this.head.forward(tf.reshape(states, [-1, WIDTH]));
  }
}

class TransformerBlock extends nn.Module {
  readonly norm1 = new nn.LayerNorm(WIDTH);
  readonly qkv = new nn.Linear(WIDTH, 3 * WIDTH);
  readonly out = new nn.Linear(WIDTH, WIDTH);
  readonly norm2 = new nn.LayerNorm(WIDTH);
  readonly expand = new nn.Linear(WIDTH, 4 * WIDTH);
  readonly contract = new nn.Linear(4 * WIDTH, WIDTH);
  readonly dropout = new nn.Dropout(0.1);

  override forward(x: tf.Tensor): tf.Tensor {
    const qkv = this.qkv.forward(this.norm1.forward(x));
    const attended = tf.add(x, this.out.forward(F.selfAttention(qkv, { numHeads: 2, isCausal: true })));
    const expanded = F.gelu(this.expand.forward(this.norm2.forward(attended)));
    return tf.add(attended, this.dropout.forward(this.contract.forward(expanded)));
  }
}

/** nanoGPT's shape, with two blocks and dropout. */
class Gpt extends nn.Module {
  readonly tokens = new nn.Embedding(VOCABULARY, WIDTH);
  readonly positions = new nn.Embedding(TIME, WIDTH);
  readonly blocks = new nn.Sequential(new TransformerBlock(), new TransformerBlock());
  readonly norm = new nn.LayerNorm(WIDTH);

  override forward(x: tf.Tensor): tf.Tensor {
    const embedded = tf.add(this.tokens.forward(x), this.positions.forward(tf.range(0, TIME, 1, "int32")));
    const states = this.norm.forward(this.blocks.forward(embedded));
    return tf.reshape(F.linear(states, this.tokens.weight), [-1, VOCABULARY]);
  }
}

function tokens(model: Training["model"]): Training {
  return { model, inputs: wholeNumbers(VOCABULARY, 4, TIME), targets: wholeNumbers(VOCABULARY, 4 * TIME) };
}

function images(channels: number, side: number, model: Training["model"]): Training {
  return { model, inputs: normalNumbers(4, channels, side, side), targets: wholeNumbers(CLASSES, 4) };
}

/** Small forms of five models: a software device takes at most a second a step. */
export const PARITY_MODELS: Readonly<Record<string, () => Training>> = {
  mlp: () => ({
    model: new nn.Sequential(new nn.Linear(20, WIDTH), new nn.ReLU(), new nn.Linear(WIDTH, CLASSES)),
    inputs: normalNumbers(8, 20),
    targets: wholeNumbers(CLASSES, 8),
  }),
  cnn: () =>
    images(
      1,
      12,
      new nn.Sequential(
        ...[new nn.Conv2d(1, 4, 3), new nn.ReLU(), new nn.MaxPool2d(2), new nn.Conv2d(4, 8, 3), new nn.ReLU()],
        ...[new nn.Flatten(), new nn.Dropout(0.25), new nn.Linear(72, CLASSES)],
      ),
    ),
  resnet: () =>
    images(
      3,
      8,
      new nn.Sequential(
        ...[new nn.Conv2d(3, 4, 3, { padding: 1, bias: false }), new nn.BatchNorm2d(4), new nn.ReLU()],
        ...[new ResidualBlock(4, 4, 1), new ResidualBlock(4, 8, 2)],
        ...[new nn.AdaptiveAvgPool2d(1), new nn.Flatten(), new nn.Linear(8, CLASSES)],
      ),
    ),
  lstm: () => tokens(new RecurrentModel()),
  gpt: () => tokens(new Gpt()),
};
