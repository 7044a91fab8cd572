import {
  type Callback,
  CombinedLoader,
  DataLoader,
  type DataloaderIterator,
  F,
  LambdaCallback,
  LightningDataModule,
  LightningModule,
  nn,
  TensorDataset,
  tf,
  Trainer,
} from "lightning-ts";
import { expectTypeOf } from "vitest";

type Batch = [x: tf.Tensor2D, y: tf.Tensor1D];
interface Picture {
  image: tf.Tensor4D;
  label: tf.Tensor1D;
}

class Net extends LightningModule<Batch> {
  readonly layer = new nn.Linear(4, 2);

  override forward(x: tf.Tensor2D) {
    return this.layer.forward(x);
  }
  override trainingStep([x, y]: Batch) {
    return F.crossEntropy(this.forward(x), y);
  }
  override predictStep([x]: Batch) {
    return { classes: this.forward(x).argMax(1), count: x.shape[0] };
  }
}
class Pictures extends LightningModule<Picture> {
  override forward({ image }: Picture) {
    return image;
  }
}
/** Says what its batches are in the step alone. */
class Bare extends LightningModule {
  override trainingStep([x, y]: Batch) {
    return F.crossEntropy(x, y);
  }
}
class Pair extends LightningModule<{ labelled: Batch; pictures: Picture }> {}
class Numbers extends LightningModule<tf.Tensor1D> {}

const loader = new DataLoader(new TensorDataset(tf.buffer<tf.Rank.R2>([8, 4]), new Int32Array(8)), { batchSize: 2 });
const pictures = new DataLoader([{ image: tf.buffer<tf.Rank.R3>([1, 2, 2]), label: 3 }]);
declare const stream: AsyncIterable<[tf.Tensor2D, tf.Tensor1D]>;
const trainer = new Trainer();
declare const some: LightningModule;
const net = new Net();

// A loader yields host batches, and the module says what they are on the device.
void trainer.fit(net, loader);
void trainer.fit(net, loader, [loader, loader], { ckptPath: "last" });
void trainer.fit(net, loader, { signal: new AbortController().signal });
void trainer.fit(net, stream, new DataLoader(new TensorDataset(tf.buffer<tf.Rank.R2>([8, 4]), new Int32Array(8))));
void trainer.fit(net, [[tf.buffer<tf.Rank.R2>([2, 4]), tf.buffer<tf.Rank.R1, "int32">([2], "int32")]]);
void trainer.fit(new Bare(), loader);
void trainer.fit(new Pictures(), { trainDataloaders: pictures, valDataloaders: [pictures] });
void trainer.fit(new Numbers(), new DataLoader([1, 2, 3]));
void trainer.fit(new Pair(), { trainDataloaders: { labelled: loader, pictures } });
void trainer.fit(new Pair(), new CombinedLoader({ labelled: loader, pictures }));
// Loaders by name: one for each part of a batch to train on, several one after another to evaluate on.
void trainer.fit(new Pair(), { labelled: loader, pictures });
void trainer.fit(net, loader, { easy: loader, hard: stream }, { ckptPath: "last" });
void trainer.fit(net, { trainDataloaders: loader, valDataloaders: { easy: loader, hard: stream } });
void trainer.validate(net, { easy: loader, hard: loader });
void trainer.test(net, { dataloaders: { easy: loader, hard: loader } });
// @ts-expect-error These are no batches of the module.
void trainer.fit(net, loader, { easy: loader, hard: pictures });
// @ts-expect-error An option with a wrong name.
void trainer.fit(net, loader, { ckptpath: "last" });
// @ts-expect-error An option with a wrong name, of a module that takes any batch.
void trainer.fit(some, pictures, { ckptpath: "last" });
const ofUnknownRank = new DataLoader(new TensorDataset(tf.buffer([8, 4]), new Int32Array(8)));
void trainer.fit(net, ofUnknownRank, [ofUnknownRank]);
void trainer.fit(some, pictures);

// @ts-expect-error The step takes pairs.
void trainer.fit(new Bare(), pictures);
// @ts-expect-error These streams are the wrong way round.
void trainer.fit(new Pair(), { trainDataloaders: { labelled: pictures, pictures: loader } });
// @ts-expect-error A stream of something else.
void trainer.fit(new Pictures(), stream);

// A data module takes the batch that its modules take.
class Data extends LightningDataModule<Batch> {
  override trainDataloader() {
    return loader;
  }
  override async valDataloader() {
    await Promise.resolve();
    return [loader, loader];
  }
}
class OfUnknownRank extends LightningDataModule<Batch> {
  override trainDataloader() {
    return ofUnknownRank;
  }
}
void trainer.fit(net, new OfUnknownRank());
class Untyped extends LightningDataModule {
  override trainDataloader() {
    return pictures;
  }
}
/** As it was written for 0.1.0. */
class OnHost extends LightningDataModule<[x: tf.TensorBuffer<tf.Rank.R2>, y: tf.TensorBuffer<tf.Rank.R1, "int32">]> {
  override trainDataloader() {
    return loader;
  }
}
class Wrong extends LightningDataModule<Picture> {
  // @ts-expect-error This loader has no pictures.
  override trainDataloader() {
    return loader;
  }
}
void trainer.fit(net, new Data());
void trainer.fit(net, new Data(), { ckptPath: "best" });
void trainer.fit(net, { datamodule: new OnHost() });
void trainer.fit(net, new Untyped());
void trainer.validate(net, new Wrong() instanceof LightningDataModule ? new Data() : loader);

// Without a module, the Trainer runs the one that it has.
void trainer.test({ ckptPath: "best", datamodule: new Data() });
void trainer.validate({ dataloaders: [loader] });
expectTypeOf(trainer.test()).resolves.toEqualTypeOf<Record<string, number>[]>();
expectTypeOf(trainer.predict({ datamodule: new Data() })).resolves.toEqualTypeOf<unknown[]>();
expectTypeOf(trainer.predict()).resolves.toEqualTypeOf<unknown[]>();

// There the class says what the batches and the predictions are.
expectTypeOf(trainer.predict<Net>({ dataloaders: loader })).resolves.toEqualTypeOf<
  { classes: tf.Tensor; count: number }[]
>();
expectTypeOf(trainer.predict<Net>({ dataloaders: [loader, loader] })).resolves.toEqualTypeOf<
  { classes: tf.Tensor; count: number }[][]
>();
expectTypeOf(trainer.predict(net, { dataloaders: [loader, loader] })).resolves.toEqualTypeOf<
  { classes: tf.Tensor; count: number }[][]
>();
expectTypeOf(trainer.predict(net, { easy: loader, hard: loader })).resolves.toEqualTypeOf<
  { classes: tf.Tensor; count: number }[][]
>();
expectTypeOf(trainer.predict(net, { dataloaders: loader })).resolves.toEqualTypeOf<
  { classes: tf.Tensor; count: number }[]
>();
expectTypeOf(trainer.predict(net, { dataloaders: { easy: loader, hard: loader } })).resolves.toEqualTypeOf<
  { classes: tf.Tensor; count: number }[][]
>();
// @ts-expect-error These are no batches of the class.
void trainer.predict<Net>({ dataloaders: pictures });

// Predictions are what predictStep gives, and without one what forward gives.
expectTypeOf(trainer.predict(net, loader)).resolves.toEqualTypeOf<{ classes: tf.Tensor; count: number }[]>();
expectTypeOf(trainer.predict(net, [loader, loader])).resolves.toEqualTypeOf<
  { classes: tf.Tensor; count: number }[][]
>();
expectTypeOf(trainer.predict(net, new Data())).resolves.toEqualTypeOf<{ classes: tf.Tensor; count: number }[]>();
expectTypeOf(trainer.predict(new Pictures(), pictures)).resolves.toEqualTypeOf<tf.Tensor4D[]>();
expectTypeOf(trainer.predict(some, pictures)).resolves.toEqualTypeOf<unknown[]>();

// A module of any kind can be called in a callback.
const asks: Callback = new LambdaCallback({ onTrainStart: (_trainer, module) => module.forward(tf.zeros([1, 4])) });
void asks;

// A loader's batches come from its items, wherever it is made.
const collated = new DataLoader([1, 2], { collate: (items) => items.map(String) });
expectTypeOf(collated).toEqualTypeOf<DataLoader<number, string[]>>();
class OwnLoader extends DataLoader<number> {}
expectTypeOf(new OwnLoader([1])).toExtend<DataLoader<number>>();
const known: unknown = loader;
if (known instanceof DataLoader) expectTypeOf(known.length).toBeNumber();

// A step that takes its batches itself.
class Iterates extends LightningModule {
  override async trainingStep(dataloaderIter: DataloaderIterator<Batch>) {
    const { value } = await dataloaderIter.next();
    if (value === undefined) return;
    const [[x], batchIdx] = value;
    expectTypeOf(x).toExtend<tf.Tensor2D | tf.TensorBuffer<tf.Rank.R2, keyof tf.DataTypeMap>>();
    expectTypeOf(batchIdx).toBeNumber();
  }
}
void trainer.fit(new Iterates(), loader);
// @ts-expect-error It takes pairs.
void trainer.fit(new Iterates(), pictures);

// Items that nobody has typed, as JSON.parse gives them, make batches that fit everywhere.
const parsed = JSON.parse("[]");
void trainer.fit(net, new DataLoader([parsed]));
