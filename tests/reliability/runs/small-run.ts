import * as L from "lightning-ts";

type Batch = [x: L.tf.Tensor2D, y: L.tf.Tensor2D];

/** A regression on data of a fixed seed; its losses are printed. */
export class SmallModel extends L.LightningModule<Batch> {
  readonly layer = new L.nn.Linear(8, 1);
  readonly losses: number[] = [];

  override trainingStep([x, y]: Batch) {
    const loss = L.F.mseLoss(this.layer.forward(x), y);
    this.losses.push(loss.dataSync()[0] ?? Number.NaN);
    this.log("loss", loss);
    return loss;
  }
  override testStep(batch: Batch) {
    return this.trainingStep(batch);
  }
  override configureOptimizers(): L.OptimizersReturn {
    return new L.optim.AdamW(this.parameters(), { lr: 0.01 });
  }
}

export function smallLoader() {
  const numbers = (length: number) => Float32Array.from({ length }, (_, index) => Math.sin(index * 1.7));
  const data = new L.TensorDataset(
    L.tf.buffer<L.tf.Rank.R2>([64, 8], "float32", numbers(64 * 8)),
    L.tf.buffer<L.tf.Rank.R2>([64, 1], "float32", numbers(64)),
  );
  return new L.DataLoader(data, { batchSize: 8, shuffle: true });
}
