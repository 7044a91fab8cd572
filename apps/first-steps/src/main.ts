import * as L from "lightning-ts";
import { DataLoader, F, nn, optim, randomSplit, TensorDataset, tf } from "lightning-ts/core";

// Two interleaved spirals. Which of them is a point on?
const points = tf.buffer<tf.Rank.R2>([1000, 2]);
const spirals = new Int32Array(1000);
for (let i = 0; i < 1000; i += 1) {
  const [radius, spiral] = [i / 1000, i % 2];
  const angle = 9 * radius + Math.PI * spiral;
  points.set(radius * Math.cos(angle), i, 0);
  points.set(radius * Math.sin(angle), i, 1);
  spirals[i] = spiral;
}

type Batch = [points: tf.Tensor2D, spirals: tf.Tensor1D];

class SpiralClassifier extends L.LightningModule<Batch> {
  net = new nn.Sequential(
    new nn.Linear(2, 32),
    new nn.ReLU(),
    new nn.Linear(32, 32),
    new nn.ReLU(),
    new nn.Linear(32, 2),
  );

  override trainingStep([points, spirals]: Batch) {
    const loss = F.crossEntropy(this.net.forward(points), spirals);
    this.log("train_loss", loss, { progBar: true });
    return loss;
  }

  override validationStep([points, spirals]: Batch) {
    const guesses = this.net.forward(points).argMax(1);
    this.log("val_acc", guesses.equal(spirals).mean(), { progBar: true });
  }

  override configureOptimizers() {
    return new optim.Adam(this.parameters(), { lr: 0.01 });
  }
}

L.seedEverything(1);
const [train, val] = randomSplit(new TensorDataset(points, spirals), [0.8, 0.2]);
const trainer = new L.Trainer({ maxEpochs: 30 });
await trainer.fit(
  new SpiralClassifier(),
  new DataLoader(train, { batchSize: 32, shuffle: true }),
  new DataLoader(val, { batchSize: 200 }),
);
