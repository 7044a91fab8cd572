import { F, nn, tf } from "@lightning-ts/core";
import { wholeNumbers } from "./batches.js";
import type { Workload, WorkloadName } from "./workload.js";

const VOCABULARY = 65;

interface GptSizes {
  readonly batch: number;
  readonly time: number;
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
}

class SelfAttention extends nn.Module {
  readonly qkv: nn.Linear;
  readonly out: nn.Linear;

  constructor(
    width: number,
    private readonly heads: number,
  ) {
    super();
    this.qkv = new nn.Linear(width, 3 * width, { bias: false });
    this.out = new nn.Linear(width, width, { bias: false });
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return this.out.forward(F.selfAttention(this.qkv.forward(x), { numHeads: this.heads, isCausal: true }));
  }
}

class Block extends nn.Module {
  readonly norm1: nn.LayerNorm;
  readonly attention: SelfAttention;
  readonly norm2: nn.LayerNorm;
  readonly expand: nn.Linear;
  readonly contract: nn.Linear;

  constructor(width: number, heads: number) {
    super();
    this.norm1 = new nn.LayerNorm(width, { bias: false });
    this.attention = new SelfAttention(width, heads);
    this.norm2 = new nn.LayerNorm(width, { bias: false });
    this.expand = new nn.Linear(width, 4 * width, { bias: false });
    this.contract = new nn.Linear(4 * width, width, { bias: false });
  }

  override forward(x: tf.Tensor): tf.Tensor {
    const attended = tf.add(x, this.attention.forward(this.norm1.forward(x)));
    return tf.add(attended, this.contract.forward(F.gelu(this.expand.forward(this.norm2.forward(attended)))));
  }
}

/** nanoGPT without dropout. */
class Gpt extends nn.Module {
  readonly tokens: nn.Embedding;
  readonly positions: nn.Embedding;
  readonly blocks: nn.ModuleList<Block>;
  readonly norm: nn.LayerNorm;

  constructor(private readonly sizes: GptSizes) {
    super();
    const { time, width, heads, layers } = sizes;
    this.tokens = new nn.Embedding(VOCABULARY, width);
    this.positions = new nn.Embedding(time, width);
    this.blocks = new nn.ModuleList(Array.from({ length: layers }, () => new Block(width, heads)));
    this.norm = new nn.LayerNorm(width, { bias: false });
  }

  /** [B, T] int32 -> logits [B * T, vocabulary]; the output layer shares the embedding's weight. */
  override forward(indices: tf.Tensor): tf.Tensor {
    const { batch, time } = this.sizes;
    let x = tf.add(this.tokens.forward(indices), this.positions.forward(tf.range(0, time, 1, "int32")));
    for (const block of this.blocks) x = block.forward(x);
    return tf.reshape(F.linear(this.norm.forward(x), this.tokens.weight), [batch * time, VOCABULARY]);
  }
}

/**
 * Weights as nanoGPT draws them. With the deviation of 1 that `nn.Embedding` comes with, tied logits are so far apart
 * that the gradient of their softmax is full of denormal numbers, and what is timed is how slowly the processor handles
 * those.
 */
function withNanoGptWeights(model: Gpt): Gpt {
  for (const parameter of model.parameters()) if (parameter.rank === 2) nn.init.normal(parameter, 0, 0.02);
  return model;
}

function gpt(name: WorkloadName, sizes: GptSizes): Workload {
  const { batch, time, width, heads, layers } = sizes;
  const perToken = layers * (12 * width ** 2 + time * width) + VOCABULARY * width;
  return {
    name,
    description: `GPT as nanoGPT has it, ${layers} layers, width ${width}, ${heads} heads, T ${time}, batch ${batch}, Adam`,
    task: "train",
    isRandom: false,
    multiplications: batch * time * perToken,
    create: () => ({
      model: withNanoGptWeights(new Gpt(sizes)),
      inputs: wholeNumbers(VOCABULARY, batch, time),
      targets: wholeNumbers(VOCABULARY, batch * time),
    }),
  };
}

export const nanoGpt = gpt("nanogpt", { batch: 12, time: 64, width: 128, heads: 4, layers: 4 });
export const gpt6 = gpt("gpt6", { batch: 8, time: 128, width: 256, heads: 8, layers: 6 });
