import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as L from "lightning-ts";

type Batch = [x: L.tf.Tensor2D];

class Endless extends L.LightningModule<Batch> {
  readonly layer = new L.nn.Linear(4, 1);

  override trainingStep([x]: Batch) {
    return this.layer.forward(x).square().mean();
  }
  override configureOptimizers() {
    return new L.optim.Adam(this.parameters());
  }
}

const root = mkdtempSync(join(tmpdir(), "interrupted-"));
const trainer = new L.Trainer({
  maxEpochs: -1,
  defaultRootDir: root,
  logger: false,
  callbacks: [new L.OnExceptionCheckpoint({ dirpath: root })],
});
const result = await trainer.fit(
  new Endless(),
  new L.DataLoader(new L.TensorDataset(L.tf.buffer<L.tf.Rank.R2>([64, 4])), { batchSize: 8 }),
);
const resumed = new L.Trainer({
  maxEpochs: result.epochs + 2,
  defaultRootDir: root,
  logger: false,
  enableProgressBar: false,
  callbacks: [new L.OnExceptionCheckpoint({ dirpath: root })],
});
const after = await resumed.fit(
  new Endless(),
  new L.DataLoader(new L.TensorDataset(L.tf.buffer<L.tf.Rank.R2>([64, 4])), { batchSize: 8 }),
);
console.log(JSON.stringify({ interrupted: result, resumed: after }));
