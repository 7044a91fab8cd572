import {
  type EarlyStopping,
  LightningDataModule,
  LightningModule,
  type ModelCheckpoint,
  type ProgressBar,
  Trainer,
} from "lightning-ts";
import { expectTypeOf } from "vitest";

// Constructors with parameters one by one, or with one object.
class Positional extends LightningModule {
  constructor(
    readonly hidden: number,
    readonly lr = 0.1,
  ) {
    super();
    this.saveHyperparameters({ hidden, lr }, { positional: true });
  }
}
class WithOptions extends LightningModule<unknown, { hidden: number }> {
  constructor(options: { hidden: number }) {
    super();
    this.saveHyperparameters(options);
  }
}
class Data extends LightningDataModule {
  constructor(readonly folder: string) {
    super();
    this.saveHyperparameters({ folder }, { positional: true });
  }
}
expectTypeOf(Positional.loadFromCheckpoint("a.ckpt", { hparams: { lr: 1 } })).resolves.toEqualTypeOf<Positional>();
expectTypeOf(WithOptions.loadFromCheckpoint("a.ckpt")).resolves.toEqualTypeOf<WithOptions>();
expectTypeOf(Data.loadFromCheckpoint("a.ckpt")).resolves.toEqualTypeOf<Data>();

// What Lightning programs read of a Trainer.
const trainer = new Trainer();
expectTypeOf(trainer.globalRank + trainer.localRank + trainer.nodeRank + trainer.worldSize).toBeNumber();
expectTypeOf(trainer.numNodes + trainer.numDevices).toBeNumber();
expectTypeOf(trainer.deviceIds).toEqualTypeOf<readonly number[]>();
expectTypeOf(trainer.precision).toExtend<string>();
expectTypeOf(trainer.numValBatches).toEqualTypeOf<readonly number[]>();
expectTypeOf(trainer.numTestBatches).toEqualTypeOf<readonly number[]>();
expectTypeOf(trainer.numPredictBatches).toEqualTypeOf<readonly number[]>();
expectTypeOf(trainer.lightningModule).toEqualTypeOf<LightningModule | undefined>();
expectTypeOf(trainer.limitTrainBatches).toEqualTypeOf<number | `${number}%`>();
expectTypeOf(trainer.fitLoop.epochProgress.current.completed).toBeNumber();
expectTypeOf(trainer.fitLoop.epochLoop.batchProgress.total.ready).toBeNumber();
expectTypeOf(trainer.testLoop.maxBatches).toEqualTypeOf<readonly number[]>();
declare const callbacks: { checkpoint: ModelCheckpoint; stopping: EarlyStopping; bar: ProgressBar };
expectTypeOf(callbacks.stopping).toExtend<(typeof trainer.earlyStoppingCallbacks)[number]>();
expectTypeOf(callbacks.bar).toExtend<NonNullable<typeof trainer.progressBarCallback>>();
// @ts-expect-error The limits of a fit are the Trainer's.
trainer.fitLoop.maxEpochs = 3;
// @ts-expect-error A count belongs to the loop.
trainer.fitLoop.epochProgress.current.completed = 3;
