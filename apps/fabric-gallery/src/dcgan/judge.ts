import type { Digit } from "@apps/mnist-data/files";
import { DataLoader, F, noGrad, optim, type Subset, type tf } from "lightning-ts/core";
import type { Fabric } from "lightning-ts/fabric";
import { Classifier } from "../classifier.js";

const EPOCHS = 3;

/** A classifier of real digits that says what made up digits look like. */
export class Judge {
  private constructor(private readonly model: Classifier) {}

  static async trainedOn(fabric: Fabric, digits: Subset<Digit>): Promise<Judge> {
    const [model, optimizer] = fabric.setup(new Classifier(), (m) => new optim.Adam(m.parameters(), { lr: 2e-3 }));
    const loader = fabric.setupDataloaders(new DataLoader(digits, { batchSize: 50, shuffle: true }));
    for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
      for await (const [images, labels] of loader) {
        optimizer.zeroGrad();
        fabric.backward(F.crossEntropy(model.forward(images), labels));
        optimizer.step();
      }
    }
    return new Judge(model);
  }

  /** How sure the classifier is on average, and how many kinds of digits it sees among at least 2 % of the images. */
  assess(images: tf.Tensor): { readonly meanConfidence: number; readonly kinds: number } {
    const probabilities = noGrad(() => F.softmax(this.model.forward(images)));
    const confidences = Float32Array.from(probabilities.max(1).dataSync());
    const counts = new Map<number, number>();
    for (const kind of probabilities.argMax(1).dataSync()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const kinds = [...counts.values()].filter((found) => found >= 0.02 * confidences.length).length;
    return { meanConfidence: confidences.reduce((sum, value) => sum + value, 0) / confidences.length, kinds };
  }
}
