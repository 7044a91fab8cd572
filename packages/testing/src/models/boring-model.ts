import { DataLoader, F, nn, optim, tf } from "@lightning-ts/core";
import { LightningModule, type OptimizersReturn, type TrainingStepResult } from "@lightning-ts/pytorch";
import { randomDataset } from "./random-dataset.js";

/** A batch of `randomDataset`. */
export type BoringBatch = [x: tf.Tensor2D];

/**
 * The smallest module that can do everything: one linear layer that learns to answer ones. Override what a test needs.
 */
export class BoringModel extends LightningModule<BoringBatch> {
  readonly layer: nn.Linear;

  constructor(features = 32) {
    super();
    this.layer = new nn.Linear(features, 2);
  }

  override forward(x: tf.Tensor2D): tf.Tensor {
    return this.layer.forward(x);
  }

  loss(output: tf.Tensor): tf.Tensor {
    return F.mseLoss(output, tf.onesLike(output));
  }

  override trainingStep(batch: BoringBatch, _batchIdx: number): TrainingStepResult | Promise<TrainingStepResult> {
    return { loss: this.loss(this.forward(batch[0])) };
  }

  override validationStep(batch: BoringBatch, _batchIdx: number, _dataloaderIdx: number): unknown {
    return { x: this.loss(this.forward(batch[0])) };
  }

  override testStep(batch: BoringBatch, _batchIdx: number, _dataloaderIdx: number): unknown {
    return { y: this.loss(this.forward(batch[0])) };
  }

  override predictStep(batch: BoringBatch, _batchIdx: number, _dataloaderIdx: number): unknown {
    return this.forward(batch[0]);
  }

  override configureOptimizers(): OptimizersReturn | Promise<OptimizersReturn> {
    const optimizer = new optim.SGD(this.parameters(), { lr: 0.1 });
    return [[optimizer], [new optim.lrScheduler.StepLR(optimizer, { stepSize: 1 })]];
  }

  override trainDataloader() {
    return new DataLoader(randomDataset({ seed: 1 }));
  }

  override valDataloader() {
    return new DataLoader(randomDataset({ seed: 2 }));
  }

  override testDataloader() {
    return new DataLoader(randomDataset({ seed: 3 }));
  }

  override predictDataloader() {
    return new DataLoader(randomDataset({ seed: 4 }));
  }
}
