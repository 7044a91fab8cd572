import { DataLoader, F, nn, optim, seedEverything, TensorDataset, tf } from "@lightning-ts/core";
import { SafetensorsCheckpointStore } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { defineModule } from "./define-module.js";
import { LightningModule } from "./lightning-module.js";
import { quietTrainer } from "../trainer/quiet-trainer-under-test.js";

const files = new MemoryFiles();
const makeTrainer = () => quietTrainer({ maxEpochs: 2, ports: { files, terminal: new FakeTerminal() } });

type Batch = [points: tf.Tensor2D, labels: tf.Tensor1D];

/** Two classes of points. */
function points(): DataLoader<unknown, [tf.TensorBuffer<tf.Rank.R2>, tf.TensorBuffer<tf.Rank.R1, "int32">]> {
  const xs = tf.buffer<tf.Rank.R2>(
    [8, 2],
    "float32",
    Float32Array.from({ length: 16 }, (_, i) => Math.sin(i)),
  );
  return new DataLoader(
    new TensorDataset(
      xs,
      Int32Array.from({ length: 8 }, (_, i) => i % 2),
    ),
    { batchSize: 4 },
  );
}

class Classifier extends LightningModule<Batch, { lr: number }> {
  readonly net = new nn.Linear(2, 2);
  readonly seen: number[] = [];

  constructor() {
    super();
    this.saveHyperparameters({ lr: 0.1 });
  }
  override trainDataloader() {
    return points();
  }
  override trainingStep([xs, labels]: Batch) {
    const loss = F.crossEntropy(this.net.forward(xs), labels);
    this.log("loss", loss, { onEpoch: true });
    return loss;
  }
  override onTrainEpochEnd() {
    this.seen.push(this.currentEpoch);
  }
  override configureOptimizers() {
    return new optim.Adam(this.parameters(), { lr: this.hparams.lr });
  }
}

function defined(seen: number[]) {
  return defineModule({
    name: "Classifier",
    hparams: { lr: 0.1 },
    trainDataloader: points(),
    layers: { net: new nn.Linear(2, 2) },
    trainingStep([xs, labels]) {
      const loss = F.crossEntropy(this.net.forward(xs), labels);
      this.log("loss", loss, { onEpoch: true });
      return loss;
    },
    predictStep([xs]) {
      return this.net.forward(xs).argMax(1);
    },
    onTrainEpochEnd() {
      seen.push(this.currentEpoch);
    },
    configureOptimizers() {
      return new optim.Adam(this.parameters(), { lr: this.hparams.lr });
    },
  });
}

describe("a module without a class", () => {
  it("trains as the class with the same methods does, to the same bits", async () => {
    seedEverything(3);
    const fromClass = new Classifier();
    await makeTrainer().fit(fromClass);
    seedEverything(3);
    const seen: number[] = [];
    const model = defined(seen);
    const { metrics } = await makeTrainer().fit(model);
    expect(seen).toEqual([0, 1]);
    expect(Object.keys(metrics)).toContain("loss_epoch");
    expect(await model.net.weight.data()).toEqual(await fromClass.net.weight.data());
    expect([...Object.keys(model.stateDict())]).toEqual([...Object.keys(fromClass.stateDict())]);
    expect(model).toBeInstanceOf(LightningModule);
    expect(model.constructor.name).toBe("Classifier");
  });

  it("predicts, is saved, and takes a checkpoint's weights", async () => {
    const model = defined([]);
    const trainer = makeTrainer();
    await trainer.fit(model, points());
    const predictions = await trainer.predict(model, points());
    expect(predictions.map(({ shape }) => shape)).toEqual([[4], [4]]);
    await trainer.saveCheckpoint("/a.ckpt");
    const other = defined([]);
    await other.loadCheckpoint("/a.ckpt", { store: new SafetensorsCheckpointStore(files) });
    expect(await other.net.weight.data()).toEqual(await model.net.weight.data());
  });

  it("trains by hand with two optimizers", async () => {
    const steps: number[] = [];
    const gan = defineModule({
      automaticOptimization: false,
      trainDataloader: () => points(),
      layers: { generator: new nn.Linear(2, 2), discriminator: new nn.Linear(2, 1) },
      configureOptimizers() {
        const [first, second] = [this.generator, this.discriminator].map((part) => part.parameters());
        return [new optim.SGD(first ?? [], { lr: 0.1 }), new optim.SGD(second ?? [], { lr: 0.1 })];
      },
      async trainingStep([real]) {
        const [generator, discriminator] = this.optimizers();
        await generator.toggleModel(async () => {
          generator.zeroGrad();
          await this.manualBackward(this.discriminator.forward(this.generator.forward(real)).mean());
          await generator.step();
        });
        discriminator.zeroGrad();
        await this.manualBackward(this.discriminator.forward(real).mean());
        await discriminator.step();
        steps.push(this.globalStep);
      },
    });
    await makeTrainer().fit(gan);
    expect(steps).toEqual([2, 4, 6, 8]);
  });

  it("refuses what is no part of a module, and names that are taken", () => {
    const misspelt: object = { trainigStep: () => undefined };
    expect(() => defineModule(misspelt)).toThrow(/no option "trainigStep".*trainingStep \(did you mean that\?\)/s);
    expect(() => defineModule({ layers: { log: new nn.ReLU() } })).toThrow(/no layer can be called "log"/);
  });
});
