import { F, nn, tf } from "lightning-ts/core";

export interface TransformerOptions {
  readonly vocabSize: number;
  /** Width of a word's vector. */
  readonly ninp?: number;
  readonly nhead?: number;
  readonly nhid?: number;
  readonly nlayers?: number;
  readonly dropout?: number;
}

/** Words and the words after them in, logarithms of probabilities out. */
export class Transformer extends nn.Module {
  readonly posEncoder: PositionalEncoding;
  readonly embedding: nn.Embedding;
  readonly transformer: nn.Transformer;
  readonly decoder: nn.Linear;
  readonly ninp: number;

  constructor({ vocabSize, ninp = 64, nhead = 2, nhid = 128, nlayers = 1, dropout = 0.2 }: TransformerOptions) {
    super();
    this.ninp = ninp;
    this.posEncoder = new PositionalEncoding(ninp, dropout);
    this.embedding = new nn.Embedding(vocabSize, ninp);
    this.transformer = new nn.Transformer(ninp, nhead, {
      numEncoderLayers: nlayers,
      numDecoderLayers: nlayers,
      dimFeedforward: nhid,
      dropout,
      batchFirst: true,
    });
    this.decoder = new nn.Linear(ninp, vocabSize);
  }

  override forward(inputs: tf.Tensor, target: tf.Tensor): tf.Tensor {
    const tgtMask = nn.Transformer.generateSquareSubsequentMask(inputs.shape[1] ?? 0);
    const src = this.posEncoder.forward(this.embedding.forward(inputs).mul(Math.sqrt(this.ninp)));
    const tgt = this.posEncoder.forward(this.embedding.forward(target).mul(Math.sqrt(this.ninp)));
    const output = this.transformer.forward(src, tgt, { tgtMask });
    return F.logSoftmax(this.decoder.forward(output), -1);
  }
}

/** Adds sines and cosines of the position to each word's vector. */
export class PositionalEncoding extends nn.Module {
  readonly dropout: nn.Dropout;
  readonly pe: nn.Buffer;

  constructor(dim: number, dropout = 0.1, maxLen = 500) {
    super();
    this.dropout = new nn.Dropout(dropout);
    const values = new Float32Array(maxLen * dim);
    for (let position = 0; position < maxLen; position += 1) {
      for (let i = 0; i < dim; i += 2) {
        const angle = position * Math.exp((-Math.log(10000) * i) / dim);
        values[position * dim + i] = Math.sin(angle);
        values[position * dim + i + 1] = Math.cos(angle);
      }
    }
    this.pe = this.registerBuffer("pe", { shape: [maxLen, dim], values }, { persistent: false });
  }

  override forward(x: tf.Tensor): tf.Tensor {
    const length = x.shape[1] ?? 0;
    return this.dropout.forward(x.add(tf.slice(this.pe, [0, 0], [length, -1])));
  }
}
