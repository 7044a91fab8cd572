import { DataLoader, MisconfigurationError, nn, optim, tf } from "@lightning-ts/core";
import { expect, it } from "vitest";
import { LightningModule } from "../contract/lightning-module.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

type Numbers = tf.Tensor1D;
const numbers = (...values: readonly number[]) => new DataLoader([...values], { batchSize: 1 });

const seen: unknown[] = [];

/** Notes what its steps get: one number, or one for each name. */
class Notes extends LightningModule<Numbers | Readonly<Record<string, Numbers>>> {
  readonly layer = new nn.Linear(1, 1);

  override trainingStep(batch: Numbers | Readonly<Record<string, Numbers>>, batchIdx: number) {
    const parts = batch instanceof tf.Tensor ? { batch } : batch;
    seen.push([batchIdx, Object.entries(parts).map(([name, part]) => [name, part.dataSync()[0]])]);
    return tf.sum(this.layer.forward(tf.ones([1, 1])));
  }
  override validationStep(batch: Numbers, batchIdx: number, dataloaderIdx = 0) {
    seen.push([batchIdx, dataloaderIdx, batch.dataSync()[0]]);
    this.log("v", tf.sum(batch));
  }
  override testStep(batch: Numbers, _batchIdx: number, _dataloaderIdx = 0) {
    this.log("t", tf.sum(batch));
  }
  override predictStep(batch: Numbers, _batchIdx: number, _dataloaderIdx = 0) {
    return batch.dataSync()[0];
  }
  override configureOptimizers() {
    return new optim.SGD(this.parameters(), { lr: 0.1 });
  }
}

const trainer = () => quietTrainer({ maxEpochs: 1, numSanityValSteps: 0 });
const several = () => ({ easy: numbers(10, 11), single: numbers(20) });

/** The numbers are Lightning 2.6's, with the same loaders. */
it("loaders by name are parts of a batch to train on, and come one after another in an evaluation", async () => {
  seen.length = 0;
  const fits = trainer();
  await fits.fit(new Notes(), { a: numbers(1, 2), b: numbers(3) }, several());
  expect(seen).toEqual([
    [0, [["a", 1], ["b", 3]]],
    [1, [["a", 2], ["b", 3]]],
    [0, 0, 10],
    [1, 0, 11],
    [0, 1, 20],
  ]); // prettier-ignore
  expect(fits.callbackMetrics).toEqual({ "v/dataloader_idx_0": 10.5, "v/dataloader_idx_1": 20 });

  const quiet = { verbose: false };
  const means = [{ "v/dataloader_idx_0": 10.5 }, { "v/dataloader_idx_1": 20 }];
  expect(await trainer().validate(new Notes(), several(), quiet)).toEqual(means);
  expect(await trainer().validate(new Notes(), { ...quiet, dataloaders: several() })).toEqual(means);
  expect(await trainer().test(new Notes(), { x: numbers(10) }, quiet)).toEqual([{ t: 10 }]);
  expect(await trainer().predict(new Notes(), several())).toEqual([[10, 11], [20]]);
  expect(await trainer().predict(new Notes(), { easy: numbers(10, 11) })).toEqual([10, 11]);
});

it("options stay options beside loaders by name", async () => {
  const fit = (...given: readonly unknown[]) => {
    const fits = trainer();
    return Reflect.apply(fits.fit, fits, [new Notes(), ...given]).then(
      () => "fits",
      (error: unknown) => (error instanceof MisconfigurationError ? error.message : error),
    );
  };
  const train = numbers(1);
  expect(await fit(train, { signal: new AbortController().signal })).toBe("fits");
  expect(await fit(train, several(), { signal: new AbortController().signal })).toBe("fits");
  expect(await fit({ trainDataloaders: train, valDataloaders: several() })).toBe("fits");
  expect(await fit({ trainDataloader: train })).toMatch(/no option "trainDataloader".*Try: trainDataloaders/s);
  expect(await fit(train, { ckptpath: "last" })).toMatch(/no option "ckptpath".*Try: ckptPath/s);
  expect(await fit(train, { signal: train })).toMatch(/signal is not usable/);
  expect(await fit(train, { easy: train, hard: 3 })).toMatch(
    /trainer\.fit was given loaders by name, and not all of them are loaders.*Received hard: .*3/s,
  );
});
