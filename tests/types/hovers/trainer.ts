import { DataLoader, F, LightningModule, nn, TensorDataset, tf, Trainer } from "lightning-ts";

type Batch = [image: tf.Tensor4D, label: tf.Tensor1D];

class Net extends LightningModule<Batch> {
  readonly layer = new nn.Linear(4, 2);

  override trainingStep([image, label]: Batch) {
    return F.crossEntropy(this.layer.forward(image), label);
  }
  override predictStep([image]: Batch) {
    return this.layer.forward(image).argMax(1);
  }
}

interface Digit {
  readonly image: Float32Array;
  readonly label: number;
}

declare const digits: readonly Digit[];
declare const loader: DataLoader<[tf.TensorBuffer<tf.Rank.R3>, number]>;
const trainer = new Trainer();
const net = new Net();

// hover: fit
void trainer.fit(net, loader, loader);
// hover: fit
void trainer.fit(net, { trainDataloaders: loader });
// hover: predict
void trainer.predict(net, loader);
// hover: predict
void trainer.predict({ dataloaders: loader });
// hover: predict
void trainer.predict<Net>({ dataloaders: loader });
// hover: test
void trainer.test(net, loader);
// hover: validate
void trainer.validate({ dataloaders: loader });
// hover: DataLoader
void new DataLoader(digits, { batchSize: 32, shuffle: true });
// hover: DataLoader
void new DataLoader(new TensorDataset(tf.buffer<tf.Rank.R4>([8, 1, 4, 4]), new Int32Array(8)), { batchSize: 2 });
