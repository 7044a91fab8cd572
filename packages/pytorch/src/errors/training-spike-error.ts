import { LightningError } from "@lightning-ts/core";

/** `SpikeDetection` saw the loss jump. The batches that may be at fault are in the file at `path`. */
export class TrainingSpikeError extends LightningError {
  readonly batchIdx: number;
  readonly path: string;

  constructor({ batchIdx, path, loss }: { readonly batchIdx: number; readonly path: string; readonly loss: number }) {
    super({
      code: "LIT_TRAINING_SPIKE",
      message: `Training spike detected in batch ${batchIdx}: the loss is ${loss}.`,
      tryThis: `leaving out the batches that are listed in ${path}, and resuming from a checkpoint before them.`,
    });
    this.batchIdx = batchIdx;
    this.path = path;
  }
}
