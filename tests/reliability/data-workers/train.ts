// A process that trains with workers, saves after each step, and goes on from what it finds.
import * as L from "lightning-ts";
import { setThreads } from "lightning-ts/core";
import { nodeThreads } from "lightning-ts/fabric/node";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { NoisySquares, setModule } from "./datasets.js";

type Batch = { square: L.tf.Tensor1D; noise: L.tf.Tensor1D };

/** Fits noise to squares, and tells each step's loss. */
class Noise extends L.LightningModule<Batch> {
  readonly layer = new L.nn.Linear(1, 1);

  override trainingStep({ square, noise }: Batch, batchIdx: number) {
    const loss = this.layer
      .forward(noise.reshape([-1, 1]))
      .squeeze()
      .sub(square.div(100))
      .square()
      .mean();
    console.log(`loss ${this.currentEpoch}.${batchIdx} ${loss.dataSync()[0]}`);
    return loss;
  }
  override configureOptimizers() {
    return new L.optim.Adam(this.parameters(), { lr: 0.05 });
  }
}

const { folder, worker, datasets, numWorkers } = JSON.parse(process.argv[2] ?? "{}") as Record<string, string>;
setThreads(nodeThreads({ entry: worker }));
setModule(datasets ?? "");
L.seedEverything(5);
const last = join(folder ?? "", "last.ckpt");
const trainer = new L.Trainer({
  maxEpochs: 3,
  accelerator: L.cpu({ backend: "cpu" }),
  logger: false,
  enableProgressBar: false,
  enableModelSummary: false,
  callbacks: [new L.ModelCheckpoint({ dirpath: folder, everyNTrainSteps: 1, saveLast: true })],
});
const loader = new L.DataLoader(new NoisySquares(20), {
  batchSize: 2,
  shuffle: true,
  numWorkers: Number(numWorkers),
  persistentWorkers: true,
});
await trainer.fit(new Noise(), loader, undefined, { ckptPath: existsSync(last) ? last : undefined });
console.log("done");
