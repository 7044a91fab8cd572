import * as L from "lightning-ts";
import { DataLoader, detach, F, keep, optim, tf } from "lightning-ts/core";
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
    this.#remember(undefined);
  }

  override trainingStep([input, target]: WordBatch) {
    const before = this.#hidden ?? this.model.initHidden(input.shape[0] ?? 0);
    const [output, hidden] = this.model.forward(input, before);
    this.#remember(hidden);
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

  /** Keeps the state beyond the batch that made it, without its gradients; the one before is freed. */
  #remember(hidden: Hidden | undefined): void {
    const before = this.#hidden;
    this.#hidden = hidden && [keep(detach(hidden[0])), keep(detach(hidden[1]))];
    if (before !== undefined) tf.dispose([...before]);
  }
}
