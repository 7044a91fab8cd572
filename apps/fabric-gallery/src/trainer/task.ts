import type { nn, tf } from "lightning-ts/core";
import type { SetupOptimizer } from "lightning-ts/fabric";

/** Right answers, not read yet, among all. */
export interface Score {
  readonly right: tf.Tensor;
  readonly total: number;
}

/** What `MiniTrainer` trains: your own minimum of a LightningModule. */
export interface Task<TBatch> {
  readonly model: nn.Module;
  configureOptimizer(): SetupOptimizer;
  trainingStep(batch: TBatch): tf.Tensor;
  validationStep(batch: TBatch): Score;
}

/** Hooks that callbacks of `MiniTrainer` may have. */
export interface MiniCallback {
  onValidationEnd?(epoch: number, accuracy: number): void;
}
