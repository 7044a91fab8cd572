import { F, nn, tf } from "@lightning-ts/core";
import { wholeNumbers } from "./batches.js";
import type { Workload } from "./workload.js";

const [BATCH, TIME, WIDTH, HEADS, LAYERS, VOCABULARY] = [12, 64, 128, 4, 4, 65];

class SelfAttention extends nn.Module {
  readonly qkv = new nn.Linear(WIDTH, 3 * WIDTH, { bias: false });
  readonly out = new nn.Linear(WIDTH, WIDTH, { bias: false });

  override forward(x: tf.Tensor): tf.Tensor {
    return this.out.forward(F.selfAttention(this.qkv.forward(x), { numHeads: HEADS, isCausal: true }));
  }
}

class Block extends nn.Module {
  readonly norm1 = new nn.LayerNorm(WIDTH, { bias: false });
  readonly attention = new SelfAttention();
  readonly norm2 = new nn.LayerNorm(WIDTH, { bias: false });
  readonly expand = new nn.Linear(WIDTH, 4 * WIDTH, { bias: false });
  readonly contract = new nn.Linear(4 * WIDTH, WIDTH, { bias: false });

  override forward(x: tf.Tensor): tf.Tensor {
    const attended = tf.add(x, this.attention.forward(this.norm1.forward(x)));
    return tf.add(attended, this.contract.forward(F.gelu(this.expand.forward(this.norm2.forward(attended)))));
  }
}

class NanoGpt extends nn.Module {
  readonly tokens = new nn.Embedding(VOCABULARY, WIDTH);
  readonly positions = new nn.Embedding(TIME, WIDTH);
  readonly blocks = new nn.ModuleList(Array.from({ length: LAYERS }, () => new Block()));
  readonly norm = new nn.LayerNorm(WIDTH, { bias: false });

  /** [B, T] int32 -> logits [B * T, vocabulary]; the output layer shares the embedding's weight. */
  override forward(indices: tf.Tensor): tf.Tensor {
    let x = tf.add(this.tokens.forward(indices), this.positions.forward(tf.range(0, TIME, 1, "int32")));
    for (const block of this.blocks) x = block.forward(x);
    return tf.reshape(F.linear(this.norm.forward(x), this.tokens.weight), [BATCH * TIME, VOCABULARY]);
  }
}

/**
 * Weights as nanoGPT draws them. With the deviation of 1 that `nn.Embedding` comes with, tied logits are so far apart
 * that the gradient of their softmax is full of denormal numbers, and what is timed is how slowly the processor handles
 * those.
 */
function withNanoGptWeights(model: NanoGpt): NanoGpt {
  for (const parameter of model.parameters()) if (parameter.rank === 2) nn.init.normal(parameter, 0, 0.02);
  return model;
}

export const nanoGpt: Workload = {
  name: "nanogpt",
  description: "nanoGPT, 4 layers, width 128, 4 heads, T 64, batch 12, Adam",
  isRandom: false,
  create: () => ({
    model: withNanoGptWeights(new NanoGpt()),
    inputs: wholeNumbers(VOCABULARY, BATCH, TIME),
    targets: wholeNumbers(VOCABULARY, BATCH * TIME),
  }),
};
