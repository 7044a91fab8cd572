import { nn, tf } from "@lightning-ts/core";
import { createNorm, type NormLayer } from "../../ops/norm-layer.js";
import { MLPBlock } from "./mlp-block.js";

/** What every block of the encoder is made with. */
export interface EncoderBlockOptions {
  readonly numHeads: number;
  readonly hiddenDim: number;
  readonly mlpDim: number;
  readonly dropout: number;
  readonly attentionDropout: number;
  readonly normLayer: NormLayer;
}

/** Attention and two linear layers, each beside its input and normalized before. */
export class EncoderBlock extends nn.Module {
  readonly ln1: nn.TensorModule;
  readonly selfAttention: nn.MultiheadAttention;
  readonly dropout: nn.Dropout;
  readonly ln2: nn.TensorModule;
  readonly mlp: MLPBlock;

  constructor({ numHeads, hiddenDim, mlpDim, dropout, attentionDropout, normLayer }: EncoderBlockOptions) {
    super();
    this.ln1 = this.registerModule("ln_1", createNorm(normLayer, hiddenDim));
    this.selfAttention = this.registerModule(
      "self_attention",
      new nn.MultiheadAttention(hiddenDim, numHeads, { dropout: attentionDropout, batchFirst: true }),
    );
    this.dropout = this.registerModule("dropout", new nn.Dropout(dropout));
    this.ln2 = this.registerModule("ln_2", createNorm(normLayer, hiddenDim));
    this.mlp = this.registerModule("mlp", new MLPBlock(hiddenDim, mlpDim, dropout));
  }

  /** x [N, T, hiddenDim] -> [N, T, hiddenDim] */
  override forward(x: tf.Tensor): tf.Tensor {
    const attended = tf.add(this.dropout.forward(this.selfAttention.forward(this.ln1.forward(x))), x);
    return tf.add(attended, this.mlp.forward(this.ln2.forward(attended)));
  }
}
