import { F, nn, tf } from "lightning-ts/core";

export type Hidden = readonly [h: tf.Tensor, c: tf.Tensor];

export interface SimpleLstmOptions {
  readonly vocabSize: number;
  readonly ninp?: number;
  readonly nhid?: number;
  readonly nlayers?: number;
  readonly dropout?: number;
}

/** Words in, logarithms of the probabilities of the next ones out, with the state after the last word. */
export class SimpleLSTM extends nn.Module {
  readonly drop: nn.Dropout;
  readonly encoder: nn.Embedding;
  readonly rnn: nn.LSTM;
  readonly decoder: nn.Linear;
  readonly sizes: { readonly nhid: number; readonly nlayers: number; readonly vocabSize: number };

  constructor({ vocabSize, ninp = 128, nhid = 128, nlayers = 2, dropout = 0.2 }: SimpleLstmOptions) {
    super();
    this.sizes = { nhid, nlayers, vocabSize };
    this.drop = new nn.Dropout(dropout);
    this.encoder = new nn.Embedding(vocabSize, ninp);
    this.rnn = new nn.LSTM(ninp, nhid, { numLayers: nlayers, dropout, batchFirst: true });
    this.decoder = new nn.Linear(nhid, vocabSize);
    this.initWeights();
  }

  initWeights(): void {
    nn.init.uniform(this.encoder.weight, -0.1, 0.1);
    if (this.decoder.bias !== undefined) nn.init.zeros(this.decoder.bias);
    nn.init.uniform(this.decoder.weight, -0.1, 0.1);
  }

  override forward(input: tf.Tensor, hidden: Hidden): [output: tf.Tensor, hidden: Hidden] {
    const embedded = this.drop.forward(this.encoder.forward(input));
    const [output, next] = this.rnn.forward(embedded, hidden);
    const decoded = this.decoder.forward(this.drop.forward(output)).reshape([-1, this.sizes.vocabSize]);
    return [F.logSoftmax(decoded, 1), next];
  }

  initHidden(batchSize: number): Hidden {
    const shape = [this.sizes.nlayers, batchSize, this.sizes.nhid];
    return [tf.zeros(shape), tf.zeros(shape)];
  }
}
