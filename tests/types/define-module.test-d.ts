import { DataLoader, defineModule, F, type LightningModule, nn, optim, TensorDataset, tf, Trainer } from "lightning-ts";
import { expectTypeOf } from "vitest";

const spirals = new DataLoader(new TensorDataset(tf.buffer<tf.Rank.R2>([8, 2]), new Int32Array(8)), { batchSize: 4 });
const numbers = new DataLoader([1, 2, 3]);

// A batch's type comes from the loader, and everything of the module is there in its methods.
const classifier = defineModule({
  name: "SpiralClassifier",
  trainDataloader: spirals,
  hparams: { lr: 0.01 },
  layers: { net: new nn.Sequential(new nn.Linear(2, 8), new nn.ReLU(), new nn.Linear(8, 2)) },
  forward(x: tf.Tensor2D) {
    return this.net.forward(x);
  },
  trainingStep([points, labels], batchIdx) {
    expectTypeOf(points).toEqualTypeOf<tf.Tensor2D>();
    expectTypeOf(labels).toEqualTypeOf<tf.Tensor1D>();
    expectTypeOf(batchIdx).toBeNumber();
    const loss = F.crossEntropy(this.net.forward(points), labels);
    this.log("train_loss", loss);
    return loss;
  },
  validationStep([points, labels]) {
    this.log("val_acc", this.net.forward(points).argMax(1).equal(labels).mean());
  },
  predictStep([points]) {
    return this.net.forward(points).argMax(1);
  },
  configureOptimizers() {
    const optimizer = new optim.Adam(this.parameters(), { lr: this.hparams.lr });
    return {
      optimizer,
      lrScheduler: { scheduler: new optim.lrScheduler.StepLR(optimizer, { stepSize: 1 }), interval: "step" },
    };
  },
  onTrainEpochEnd() {
    this.print(this.currentEpoch, this.trainer.globalStep);
  },
});
expectTypeOf(classifier).toExtend<LightningModule>();
expectTypeOf(classifier.net).toEqualTypeOf<nn.Sequential>();
expectTypeOf(classifier.hparams.lr).toBeNumber();
const trainer = new Trainer();
void trainer.fit(classifier);
void trainer.fit(classifier, spirals, spirals);
expectTypeOf(trainer.predict(classifier, spirals)).resolves.toEqualTypeOf<tf.Tensor[]>();
// @ts-expect-error Its batches are pairs.
void trainer.fit(classifier, numbers);

// The loader may be made later, and waited for.
const later = defineModule({
  trainDataloader: async () => Promise.resolve(numbers),
  trainingStep(batch) {
    expectTypeOf(batch).toEqualTypeOf<tf.Tensor1D>();
  },
});
void later;

// Several optimizers: what comes after `configureOptimizers` knows them.
const gan = defineModule({
  automaticOptimization: false,
  trainDataloader: spirals,
  layers: { generator: new nn.Linear(2, 2), discriminator: new nn.Linear(2, 1) },
  configureOptimizers() {
    return [new optim.Adam(this.generator.parameters()), new optim.SGD(this.discriminator.parameters(), { lr: 0.1 })];
  },
  async trainingStep([real]) {
    const [first, second] = this.optimizers();
    first.zeroGrad();
    await this.manualBackward(this.discriminator.forward(this.generator.forward(real)).mean());
    await first.step();
    second.zeroGrad();
  },
});
void gan;

// @ts-expect-error No such hook.
void defineModule({ onTrainEpochEnded() {} });
void defineModule({
  trainDataloader: spirals,
  // @ts-expect-error This loader's batches have two parts.
  trainingStep([points, labels, weights]) {
    void [points, labels, weights];
  },
});
