import { DataLoader, F, nn, optim, TensorDataset, tf } from "@lightning-ts/core";
import { expectTypeOf } from "vitest";
import { LambdaCallback } from "../callbacks/lambda-callback.js";
import { ModelCheckpoint } from "../callbacks/model-checkpoint.js";
import { Callback } from "../contract/callback.js";
import { LightningDataModule } from "../contract/lightning-data-module.js";
import { LightningModule } from "../contract/lightning-module.js";
import type { FitResult } from "../words/fit-result.js";
import { Trainer } from "./trainer.js";
import type { TrainerOptions } from "../options/trainer-options.js";

type Batch = [x: tf.Tensor2D, y: tf.Tensor1D];

class Net extends LightningModule<Batch, { lr: number }> {
  readonly layer: nn.Linear;
  constructor(options: { lr: number }) {
    super();
    this.saveHyperparameters(options);
    this.layer = new nn.Linear(4, 2);
  }
  override trainingStep([x, y]: Batch, batchIdx: number) {
    expectTypeOf(batchIdx).toBeNumber();
    return F.crossEntropy(this.layer.forward(x), y);
  }
  override async validationStep([x]: Batch) {
    expectTypeOf(x).toEqualTypeOf<tf.Tensor2D>();
    await x.data();
  }
  override configureOptimizers() {
    expectTypeOf(this.hparams.lr).toBeNumber();
    return { optimizer: new optim.Adam(this.parameters(), { lr: this.hparams.lr }), monitor: "val_loss" };
  }
}

class Images extends LightningModule<{ image: tf.Tensor4D; label: tf.Tensor1D }> {}

// A dataset's rows become batches on the host, and those the tensors that a step takes.
const loader = new DataLoader(new TensorDataset(tf.buffer<tf.Rank.R2>([8, 4]), new Int32Array(8)), { batchSize: 2 });
const images = new DataLoader([{ image: tf.buffer<tf.Rank.R3>([1, 2, 2]), label: 3 }]);

class Data extends LightningDataModule<[x: tf.TensorBuffer<tf.Rank.R2>, y: tf.TensorBuffer<tf.Rank.R1>]> {
  override trainDataloader() {
    return [[tf.buffer<tf.Rank.R2>([2, 4]), tf.buffer<tf.Rank.R1>([2])]] satisfies [
      tf.TensorBuffer<tf.Rank.R2>,
      tf.TensorBuffer<tf.Rank.R1>,
    ][];
  }
}

const trainer = new Trainer();
const net = new Net({ lr: 1 });
expectTypeOf(trainer.fit(net, loader, loader)).resolves.toEqualTypeOf<FitResult>();
void trainer.fit(net, loader, [loader, loader], { ckptPath: "last" });
void trainer.fit(net, new Data());
void trainer.fit(net, { datamodule: new Data() });
void trainer.fit(net, { trainDataloaders: loader, valDataloaders: [loader], signal: new AbortController().signal });
void trainer.fit(net);
void trainer.fit(new Images(), images);
expectTypeOf(trainer.validate(net, loader)).resolves.toEqualTypeOf<Record<string, number>[]>();
void trainer.test(net, { datamodule: new Data(), verbose: false });
void trainer.validate();
expectTypeOf(Net.loadFromCheckpoint("net.ckpt")).resolves.toEqualTypeOf<Net>();
expectTypeOf(Data.loadFromCheckpoint("data.ckpt")).resolves.toEqualTypeOf<Data>();

// @ts-expect-error The batches of this loader are not what the steps of this module take.
void trainer.fit(net, images);
// @ts-expect-error Validation gets the same kind of batches as training.
void trainer.fit(net, loader, images);
// @ts-expect-error A data module of other batches.
void trainer.fit(new Images(), new Data());

class Look extends Callback {
  override onTrainBatchEnd(
    trainer: Trainer,
    module: LightningModule,
    outputs: { readonly loss?: tf.Tensor },
    _batch: unknown,
    batchIdx: number,
  ) {
    expectTypeOf(trainer.callbackMetrics).toEqualTypeOf<Record<string, number>>();
    expectTypeOf(module.currentEpoch + batchIdx).toBeNumber();
    expectTypeOf(outputs.loss).toEqualTypeOf<tf.Tensor | undefined>();
  }
}
void new Trainer({ callbacks: [new Look()], maxTime: { hours: 1 }, limitTrainBatches: "50%" });
// @ts-expect-error There is no such option.
void new Trainer({ max_epochs: 3 });

// `Trainer` is one name, type and class: what a module, a data module and a callback have is what a user declares.
function help(trainer: Trainer): number {
  return trainer.globalStep;
}
class Helped extends LightningModule {
  override onTrainStart() {
    expectTypeOf(this.trainer).toEqualTypeOf<Trainer>();
    help(this.trainer);
  }
}
help(new Data().trainer);
help(new Helped().trainer);
void new LambdaCallback({
  onTrainStart: (trainer: Trainer, module: LightningModule) => help(trainer) + help(module.trainer),
  onTrainEpochEnd: (trainer) => expectTypeOf(trainer).toEqualTypeOf<Trainer>(),
});

class Patient extends Trainer {
  readonly waited: number[] = [];
  constructor(options: TrainerOptions = {}) {
    super({ maxEpochs: 3, ...options });
  }
  override get globalStep(): number {
    return super.globalStep + this.waited.length;
  }
  override async saveCheckpoint(path: string) {
    await super.saveCheckpoint(path, { weightsOnly: true });
  }
}
help(new Patient({ maxEpochs: 1 }));
expectTypeOf(new Patient().fit(net, loader)).resolves.toEqualTypeOf<FitResult>();
expectTypeOf<typeof Patient>().toExtend<typeof Trainer>();
expectTypeOf<InstanceType<typeof Trainer>>().toEqualTypeOf<Trainer>();

const known: unknown = trainer;
if (known instanceof Trainer) help(known);

expectTypeOf(trainer.checkpointCallback?.bestModelPath).toEqualTypeOf<string | undefined>();
expectTypeOf(trainer.checkpointCallback?.bestKModels).toEqualTypeOf<Readonly<Record<string, number>> | undefined>();
expectTypeOf(trainer.earlyStoppingCallback?.stoppedEpoch).toEqualTypeOf<number | undefined>();
expectTypeOf(new ModelCheckpoint()).toExtend<NonNullable<Trainer["checkpointCallback"]>>();
// @ts-expect-error Counters belong to the loops.
trainer.globalStep = 3;
// @ts-expect-error What a Trainer is made of stays inside.
void trainer.parts;
trainer.maxEpochs = 4;
