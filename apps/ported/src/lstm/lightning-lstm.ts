import * as L from "lightning-ts";
import { carry, DataLoader, F, optim } from "lightning-ts/core";
import type { WordBatch, WordBlocks } from "../text/word-blocks.js";
import { SequenceSampler } from "./sequence-sampler.js";
import { SimpleLSTM, type Hidden } from "./simple-lstm.js";

/** Guesses the next word, and remembers what it has read from one batch to the next. */
export class LightningLSTM extends L.LightningModule<WordBatch> {
  readonly model: SimpleLSTM;
  #hidden: Hidden | undefined;

  constructor(readonly dataset: WordBlocks) {
    super();
    this.model = new SimpleLSTM({ vocabSize: dataset.vocabulary.length });
  }

  override onTrainEpochEnd() {
    this.#hidden = carry(undefined, this.#hidden);
  }

  override trainingStep([input, target]: WordBatch) {
    const before = this.#hidden ?? this.model.initHidden(input.shape[0] ?? 0);
    const [output, hidden] = this.model.forward(input, before);
    this.#hidden = carry(hidden, this.#hidden);
    const loss = F.nllLoss(output, target.flatten());
    this.log("train_loss", loss, { progBar: true, onEpoch: true });
    return loss;
  }

  override trainDataloader() {
    return new DataLoader(this.dataset, { batchSampler: new SequenceSampler(this.dataset, { batchSize: 20 }) });
  }

  override configureOptimizers() {
    return new optim.SGD(this.parameters(), { lr: 20 });
  }
}
