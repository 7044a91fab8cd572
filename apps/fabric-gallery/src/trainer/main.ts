import type { MnistBatch } from "@apps/mnist-data";
import { DataLoader, F, optim, randomSplit, type tf } from "lightning-ts/core";
import { CSVLogger, seedEverything } from "lightning-ts/fabric";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Classifier, countRight } from "../classifier.js";
import { firstDigits } from "../digits.js";
import { isFull, report } from "../report.js";
import { MiniTrainer } from "./mini-trainer.js";
import type { Score, Task } from "./task.js";

const [count, maxEpochs] = isFull ? [60_000, 10] : [20_000, 4];
seedEverything(1);
const folder = await mkdtemp(join(tmpdir(), "mini-trainer-"));
const [train, validation] = randomSplit(await firstDigits(count), [0.8, 0.2]);

class ClassifyDigits implements Task<MnistBatch> {
  readonly model = new Classifier();

  configureOptimizer(): optim.AdamW {
    return new optim.AdamW(this.model.parameters(), { lr: 2e-3 });
  }
  trainingStep([images, labels]: MnistBatch): tf.Tensor {
    return F.crossEntropy(this.model.forward(images), labels);
  }
  validationStep([images, labels]: MnistBatch): Score {
    return { right: countRight(this.model.forward(images), labels), total: labels.size };
  }
}
const trainer = (epochs: number): MiniTrainer =>
  new MiniTrainer({
    maxEpochs: epochs,
    accumulateGradBatches: 2,
    maxNorm: 1,
    checkpoint: join(folder, "last.ckpt"),
    callbacks: [
      { onValidationEnd: (epoch, accuracy) => console.log(`epoch ${epoch}  accuracy ${accuracy.toFixed(4)}`) },
    ],
    fabric: { loggers: new CSVLogger({ saveDir: folder }) },
  });
const loaders = [
  new DataLoader(train, { batchSize: 32, shuffle: true }),
  new DataLoader(validation, { batchSize: 240 }),
] as const;

await trainer(maxEpochs - 1).fit(new ClassifyDigits(), ...loaders);
console.log("a second trainer resumes from the first one's checkpoint");
const accuracy = await trainer(maxEpochs).fit(new ClassifyDigits(), ...loaders);
report(
  "build your own trainer",
  accuracy >= 0.94,
  `accuracy ${accuracy.toFixed(4)}, logs in ${folder}`,
  "at least 0.94",
);
