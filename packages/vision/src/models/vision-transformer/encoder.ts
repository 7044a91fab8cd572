import { nn, Parameter, tf } from "@lightning-ts/core";
import { createNorm } from "../../ops/norm-layer.js";
import { EncoderBlock, type EncoderBlockOptions } from "./encoder-block.js";

/** Adds positions, and runs the blocks one after another. */
export class Encoder extends nn.Module {
  /** [1, seqLength, hiddenDim] */
  readonly posEmbedding: Parameter;
  readonly dropout: nn.Dropout;
  readonly layers: nn.Sequential;
  readonly ln: nn.TensorModule;

  constructor(seqLength: number, numLayers: number, options: EncoderBlockOptions) {
    super();
    const positions = Parameter.fromData(new Float32Array(seqLength * options.hiddenDim), [
      ...[1, seqLength, options.hiddenDim],
    ]);
    this.posEmbedding = this.registerParameter("pos_embedding", nn.init.normal(positions, 0, 0.02));
    this.dropout = new nn.Dropout(options.dropout);
    this.layers = new nn.Sequential(
      Object.fromEntries(
        Array.from({ length: numLayers }, (_, i) => [`encoder_layer_${i}`, new EncoderBlock(options)] as const),
      ),
    );
    this.ln = createNorm(options.normLayer, options.hiddenDim);
  }

  /** x [N, seqLength, hiddenDim] -> [N, seqLength, hiddenDim] */
  override forward(x: tf.Tensor): tf.Tensor {
    return this.ln.forward(this.layers.forward(this.dropout.forward(tf.add(x, this.posEmbedding))));
  }
}
