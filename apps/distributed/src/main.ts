import * as L from "lightning-ts";

/** Points of two interleaved spirals, and which spiral each is on. */
function spirals(count: number) {
  const points = L.tf.buffer<L.tf.Rank.R2>([count, 2], "float32");
  const labels = Int32Array.from({ length: count }, (_, row) => row % 2);
  for (let row = 0; row < count; row += 1) {
    const angle = (row / count) * 4 * Math.PI;
    const side = row % 2 === 0 ? 1 : -1;
    points.set((side * angle * Math.cos(angle)) / 12, row, 0);
    points.set((side * angle * Math.sin(angle)) / 12, row, 1);
  }
  return new L.TensorDataset(points, labels);
}

class Spirals extends L.LightningModule<[L.tf.Tensor2D, L.tf.Tensor1D]> {
  readonly net = new L.nn.Sequential(
    new L.nn.Linear(2, 64),
    new L.nn.ReLU(),
    new L.nn.Linear(64, 64),
    new L.nn.ReLU(),
    new L.nn.Linear(64, 2),
  );

  override trainingStep([x, y]: [L.tf.Tensor2D, L.tf.Tensor1D]) {
    const loss = L.F.crossEntropy(this.net.forward(x), y);
    this.log("train_loss", loss, { progBar: true, syncDist: true });
    return loss;
  }
  override validationStep([x, y]: [L.tf.Tensor2D, L.tf.Tensor1D]): void {
    const right = this.net.forward(x).argMax(1).equal(y).cast("float32").mean();
    this.log("val_acc", right, { progBar: true, syncDist: true });
  }
  override configureOptimizers() {
    return new L.optim.Adam(this.parameters(), { lr: 0.01 });
  }
}

L.seedEverything(1);
const flag = process.argv.indexOf("--devices");
const given = flag === -1 ? {} : { devices: Number(process.argv[flag + 1]) };
// What CI runs, to see that it works.
const isShort = process.argv.includes("--short");
const trainer = new L.Trainer({ ...given, maxEpochs: isShort ? 20 : 40, logger: false, enableCheckpointing: false });

// 64 examples for each step, on however many ranks.
const batchSize = 64 / trainer.worldSize;
const begin = performance.now();
await trainer.fit(
  new Spirals(),
  new L.DataLoader(spirals(1024), { batchSize, shuffle: true }),
  new L.DataLoader(spirals(256), { batchSize }),
);
if (trainer.isGlobalZero) {
  const accuracy = Number(trainer.callbackMetrics["val_acc"]);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(`${trainer.worldSize} rank(s), ${seconds} s: ${(100 * accuracy).toFixed(1)} % of the points are right`);
  process.exitCode = accuracy > (isShort ? 0.8 : 0.9) ? 0 : 1;
}
