import { DataLoader, F, LightningDataModule, LightningModule, tf, Trainer } from "lightning-ts";

type Batch = [x: tf.Tensor2D, y: tf.Tensor1D];

class Net extends LightningModule<Batch> {
  override trainingStep([x, y]: Batch) {
    return F.crossEntropy(x, y);
  }
}

class Images extends LightningDataModule<{ image: tf.Tensor4D; label: tf.Tensor1D }> {}
class Rows extends LightningDataModule<tf.Tensor2D> {}

const image = tf.buffer<tf.Rank.R3>([1, 2, 2]);
const trainer = new Trainer();

// error, at most 4 lines: Type '{ image: Tensor<Rank.R4>; label: Tensor<Rank.R1>; }' is not assignable to type 'Batch'.
void trainer.fit(new Net(), new DataLoader([{ image, label: 3 }]));

// error, at most 4 lines: Type '{ image: Tensor<Rank.R4>; }' is not assignable to type 'Batch'.
void trainer.fit(new Net(), [[tf.zeros<tf.Rank.R2>([2, 2]), tf.zeros<tf.Rank.R1>([2])]], new DataLoader([{ image }]));

// error, at most 4 lines: Type '{ image: Tensor4D; label: Tensor1D; }' is not assignable to type 'Batch'.
void trainer.fit(new Net(), new Images());

// error, at most 3 lines: Type 'Tensor2D' is not assignable to type 'Batch'.
void trainer.fit(new Net(), { datamodule: new Rows() });

// error, at most 4 lines: Type '{ label: Tensor<Rank.R1>; }' is not assignable to type 'Batch'.
void trainer.test(new Net(), new DataLoader([{ label: 3 }]));

// error, at most 1 line: Type 'number' is not assignable to type '[x: Tensor2D | TensorBuffer<Rank.R2, …>, y: …]'.
void trainer.fit(new Net(), [3]);

// error, at most 1 line: 'datamodul' does not exist in type …
void trainer.fit(new Net(), { datamodul: new Images() });
