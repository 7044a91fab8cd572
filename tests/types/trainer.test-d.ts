import * as L from "lightning-ts";
import { expectTypeOf } from "vitest";

type Batch = [x: L.tf.Tensor2D, y: L.tf.Tensor1D];

class Net extends L.LightningModule<Batch> {
  readonly layer = new L.nn.Linear(4, 2);

  override trainingStep([x, y]: Batch) {
    return L.F.crossEntropy(this.layer.forward(x), y);
  }
  override configureOptimizers() {
    return new L.optim.Adam(this.parameters());
  }
}

const loader = new L.DataLoader(new L.TensorDataset(L.tf.buffer<L.tf.Rank.R2>([8, 4]), new Int32Array(8)));
const trainer = new L.Trainer({ maxEpochs: 1, callbacks: [new L.ModelCheckpoint({ monitor: "val_loss" })] });

// The batch type flows from the loader to the steps, through the declaration files too.
expectTypeOf(trainer.fit(new Net(), loader)).resolves.toHaveProperty("bestModelPath");
// @ts-expect-error These batches are numbers.
void trainer.fit(new Net(), new L.DataLoader([1, 2, 3]));

// A Trainer is the same type in a module, in a callback and where it is made; its class can be extended.
const stepsOf = (one: L.Trainer): number => one.globalStep;
class Helped extends Net {
  override onTrainStart() {
    stepsOf(this.trainer);
  }
}
class Quiet extends L.Trainer {
  constructor(options: L.TrainerOptions) {
    super({ enableProgressBar: false, ...options });
  }
}
const onTrainStart = (one: L.Trainer) => void stepsOf(one);
void new Quiet({ callbacks: new L.LambdaCallback({ onTrainStart }) }).fit(new Helped(), loader);
expectTypeOf(new Quiet({}).checkpointCallback?.bestModelPath).toEqualTypeOf<string | undefined>();
