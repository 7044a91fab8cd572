import * as L from "lightning-ts";

type Batch = [x: L.tf.Tensor2D];

class Careless extends L.LightningModule<Batch> {
  readonly layer = new L.nn.Linear(4, 1);

  override trainingStep([x]: Batch) {
    if (process.argv[2] === "own") void Promise.reject(new Error("left alone"));
    return this.layer.forward(x).square().mean();
  }
  override configureOptimizers() {
    return new L.optim.SGD(this.parameters(), { lr: 0.1 });
  }
}

if (process.argv[2] === "other") setTimeout(() => void Promise.reject(new Error("of a server")), 0);
const trainer = new L.Trainer({
  maxEpochs: process.argv[2] === "other" ? -1 : 3,
  logger: false,
  enableCheckpointing: false,
  enableProgressBar: false,
});
try {
  const data = new L.TensorDataset(L.tf.buffer<L.tf.Rank.R2>([64, 4]));
  await trainer.fit(new Careless(), new L.DataLoader(data, { batchSize: 8 }));
} catch (error) {
  console.log(`caught: ${String(error)}`);
}
