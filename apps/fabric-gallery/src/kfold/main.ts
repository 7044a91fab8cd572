import { DataLoader, F, item, noGrad, optim, RandomStream, Subset } from "lightning-ts/core";
import { Fabric } from "lightning-ts/fabric";
import { Classifier, countRight } from "../classifier.js";
import { firstDigits } from "../digits.js";
import { isFull, report } from "../report.js";
import { foldsOf } from "./folds.js";

const FOLDS = 5;
const [count, epochs] = isFull ? [60_000, 5] : [6000, 3];

const fabric = new Fabric();
await fabric.launch();
fabric.seedEverything(1);
const digits = await firstDigits(count);
const accuracies: number[] = [];

for (const [fold, { train, validation }] of foldsOf(digits.length, FOLDS, RandomStream.named("folds")).entries()) {
  const [model, optimizer] = fabric.setup(new Classifier(), (m) => new optim.Adam(m.parameters(), { lr: 2e-3 }));
  const trainLoader = fabric.setupDataloaders(
    new DataLoader(new Subset(digits, train), { batchSize: 50, shuffle: true }),
  );
  const validationLoader = fabric.setupDataloaders(new DataLoader(new Subset(digits, validation), { batchSize: 200 }));

  for (let epoch = 0; epoch < epochs; epoch += 1) {
    for await (const [images, labels] of trainLoader) {
      optimizer.zeroGrad();
      fabric.backward(F.crossEntropy(model.forward(images), labels));
      optimizer.step();
    }
  }
  let right = 0;
  for await (const [images, labels] of validationLoader)
    right += noGrad(() => item(countRight(model.forward(images), labels)));
  accuracies.push(right / validation.length);
  fabric.print(`fold ${fold}  accuracy ${(right / validation.length).toFixed(4)}`);
}
const mean = accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / FOLDS;
report("k-fold", mean >= 0.9, `mean accuracy ${mean.toFixed(4)} over ${FOLDS} folds`, "at least 0.90");
