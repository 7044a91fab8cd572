// A short training run, the same in Node, Deno and Bun, that ends while its last update may still run. Prints one line
// of JSON.
import { DataLoader, F, LightningModule, nn, optim, TensorDataset, tf, Trainer } from "lightning-ts";

class Classifier extends LightningModule {
  images = tf.randomNormal([256, 1, 28, 28]);
  net = new nn.Sequential(
    new nn.Conv2d(1, 8, 3),
    new nn.ReLU(),
    new nn.Flatten(),
    new nn.Linear(8 * 26 * 26, 100),
    new nn.ReLU(),
    new nn.Linear(100, 10),
  );
  losses = [];

  trainingStep([images, labels]) {
    const loss = F.crossEntropy(this.net.forward(images), labels);
    this.log("loss", loss, { onStep: false, onEpoch: true });
    return loss;
  }

  onTrainEpochEnd() {
    this.losses.push(Number(this.trainer.callbackMetrics.loss));
  }

  configureOptimizers() {
    return new optim.Adam(this.parameters(), { lr: 1e-3 });
  }
}

const model = new Classifier();
const labels = tf.cast(tf.argMax(tf.slice(tf.reshape(model.images, [256, 784]), [0, 0], [256, 10]), 1), "int32");
const dataset = new TensorDataset(await model.images.buffer(), await labels.buffer());
const quiet = { logger: false, enableCheckpointing: false, enableProgressBar: false, enableModelSummary: false };
const { status } = await new Trainer({ maxEpochs: 4, ...quiet }).fit(model, new DataLoader(dataset, { batchSize: 32 }));
const [first, last] = [model.losses[0], model.losses.at(-1)];
console.log(JSON.stringify({ training: status, backend: tf.getBackend(), improved: last < first }));
