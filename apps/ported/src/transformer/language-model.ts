import * as L from "lightning-ts";
import { F, optim, type tf } from "lightning-ts/core";
import type { WordBatch } from "../text/word-blocks.js";
import { Transformer } from "./transformer.js";

/** Guesses the next word. */
export class LanguageModel extends L.LightningModule<WordBatch> {
  readonly model: Transformer;

  constructor(readonly vocabSize: number) {
    super();
    this.model = new Transformer({ vocabSize });
  }

  override forward(inputs: tf.Tensor, target: tf.Tensor): tf.Tensor {
    return this.model.forward(inputs, target);
  }

  override trainingStep([input, target]: WordBatch) {
    const loss = this.#loss(input, target);
    this.log("train_loss", loss, { progBar: true });
    return loss;
  }

  override validationStep([input, target]: WordBatch) {
    const loss = this.#loss(input, target);
    this.log("val_loss", loss, { progBar: true });
    return loss;
  }

  override testStep([input, target]: WordBatch) {
    const loss = this.#loss(input, target);
    this.log("test_loss", loss, { progBar: true });
    return loss;
  }

  override configureOptimizers() {
    return new optim.SGD(this.parameters(), { lr: 0.1 });
  }

  #loss(input: tf.Tensor, target: tf.Tensor): tf.Tensor {
    const output = this.forward(input, target);
    return F.nllLoss(output.reshape([-1, this.vocabSize]), target.flatten());
  }
}
