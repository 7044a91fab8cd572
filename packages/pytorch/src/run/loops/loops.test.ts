import { DataLoader, optim, tf } from "@lightning-ts/core";
import {
  BoringModel,
  FakeClock,
  FakeTerminal,
  MemoryFiles,
  randomDataset,
  type BoringBatch,
} from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { LambdaCallback } from "../../callbacks/lambda-callback.js";
import { Timer } from "../../callbacks/timer.js";
import { GradientAccumulationScheduler } from "../../callbacks/gradient-accumulation-scheduler.js";
import { CombinedLoader } from "../../data/combined-loader.js";
import type { Trainer } from "../../trainer/trainer.js";
import type { TrainerOptions } from "../../options/trainer-options.js";
import { quietTrainer } from "../../trainer/quiet-trainer-under-test.js";

const loader = (batches: number) => new DataLoader(randomDataset({ length: batches }));

function makeTrainer(options: TrainerOptions = {}, ports: TrainerOptions["ports"] = {}): Trainer {
  return quietTrainer({
    maxEpochs: 1,
    numSanityValSteps: 0,
    ports: { files: new MemoryFiles(), terminal: new FakeTerminal(), ...ports },
    ...options,
  });
}

/** Notes after which training batches (counted over all epochs) a validation ran. */
async function validations(options: TrainerOptions, batches = 6): Promise<number[]> {
  const ran: number[] = [];
  const callback = new LambdaCallback({ onValidationStart: (trainer) => void ran.push(trainer.batchesSeen) });
  await makeTrainer({ ...options, callbacks: callback }).fit(new BoringModel(), loader(batches), loader(1));
  return ran;
}

describe("validation inside an epoch", () => {
  it.each<[string, TrainerOptions, number[]]>([
    ["runs at its end", {}, [6]],
    ["runs every few batches, remainders left out", { valCheckInterval: 4 }, [4]],
    ["runs after parts of it", { valCheckInterval: 0.5 }, [3, 6]],
    ["runs in every second epoch", { maxEpochs: 4, checkValEveryNEpoch: 2 }, [12, 24]],
    ["is counted across epochs", { maxEpochs: 3, checkValEveryNEpoch: false, valCheckInterval: 4 }, [4, 8, 12, 16]],
    ["does not run without batches", { limitValBatches: 0 }, []],
  ])("%s", async (_name, options, expected) => {
    expect(await validations(options)).toEqual(expected);
  });

  it("runs once more when training is to stop", async () => {
    const ran: number[] = [];
    const callback = new LambdaCallback({
      onTrainBatchEnd: (trainer) => {
        if (trainer.batchesSeen === 2) trainer.shouldStop = true;
      },
      onValidationStart: (trainer) => void ran.push(trainer.batchesSeen),
    });
    const result = await makeTrainer({ callbacks: callback }).fit(new BoringModel(), loader(6), loader(1));
    expect(ran).toEqual([2]);
    expect(result).toMatchObject({ steps: 2, reason: "a hook asked to stop" });
  });

  it("refuses an interval that is longer than the epoch", async () => {
    await expect(validations({ valCheckInterval: 7 })).rejects.toThrow(
      /valCheckInterval 7 is more than the 6 training batches/,
    );
  });

  it("restores the mode of every submodule", async () => {
    const model = new BoringModel();
    model.layer.eval();
    await makeTrainer().fit(model, loader(1), loader(1));
    expect([model.training, model.layer.training]).toEqual([true, false]);
  });
});

describe("limits", () => {
  it.each<[TrainerOptions, number]>([
    [{ limitTrainBatches: 3 }, 3],
    [{ limitTrainBatches: 0.5 }, 5],
    [{ limitTrainBatches: "30%" }, 3],
    [{ limitTrainBatches: 100 }, 10],
    [{ limitTrainBatches: 0 }, 0],
    [{ maxSteps: 4 }, 4],
    [{ overfitBatches: 2 }, 2],
    [{ fastDevRun: true }, 1],
    [{ fastDevRun: 3 }, 3],
  ])("%j trains %d steps", async (options, steps) => {
    expect((await makeTrainer(options).fit(new BoringModel(), loader(10))).steps).toBe(steps);
  });

  it("refuse a fraction that is no batch", async () => {
    await expect(makeTrainer({ limitTrainBatches: 0.05 }).fit(new BoringModel(), loader(10))).rejects.toThrow(
      /less than one batch.*at least 0\.1/,
    );
  });

  it("end a run after a time", async () => {
    const clock = new FakeClock();
    const passing = new LambdaCallback({ onTrainBatchEnd: () => clock.advance(1000) });
    const result = await makeTrainer({ maxEpochs: -1, maxTime: "00:00:00:05", callbacks: passing }, { clock }).fit(
      new BoringModel(),
      loader(3),
    );
    expect(result).toMatchObject({ steps: 5, reason: "the time limit of 5.0 s is reached" });
  });

  it("of a Timer count the time of the runs before", () => {
    const timer = new Timer({ duration: { minutes: 1 } });
    timer.loadStateDict({ version: 1, timeElapsedMs: 20_000 });
    expect(timer.timeRemaining()).toBe(40_000);
  });
});

describe("loaders", () => {
  it("of unknown length end their epoch with a step and a validation", async () => {
    async function* stream() {
      for (let i = 0; i < 5; i += 1) yield [tf.buffer<tf.Rank.R2>([1, 32])] as [tf.TensorBuffer<tf.Rank.R2>];
    }
    const ran: number[] = [];
    const callback = new LambdaCallback({ onValidationStart: (trainer) => void ran.push(trainer.batchesSeen) });
    const trainer = makeTrainer({ accumulateGradBatches: 2, maxEpochs: 2, callbacks: callback });
    const result = await trainer.fit(new BoringModel(), { [Symbol.asyncIterator]: stream }, loader(1));
    expect(result.steps).toBe(6);
    expect(ran).toEqual([5, 10]);
  });

  it("can be plain arrays of batches", async () => {
    const batch: [tf.TensorBuffer<tf.Rank.R2>] = [tf.buffer<tf.Rank.R2>([1, 32])];
    expect((await makeTrainer().fit(new BoringModel(), [batch, batch, batch])).steps).toBe(3);
  });

  it("can be combined", async () => {
    const shapes: unknown[] = [];
    class Two extends BoringModel {
      override trainingStep(batch: unknown) {
        const { a, b } = batch as { a: BoringBatch; b: BoringBatch };
        shapes.push([a[0].shape, b[0].shape]);
        return this.loss(this.forward(a[0])).add(this.loss(this.forward(b[0])));
      }
    }
    await makeTrainer().fit(new Two(), {
      trainDataloaders: new CombinedLoader({ a: loader(2), b: loader(3) }, { mode: "max_size_cycle" }),
    });
    expect(shapes).toEqual(
      Array.from({ length: 3 }, () => [
        [1, 32],
        [1, 32],
      ]),
    );
  });

  it("are asked for again when that is wanted", async () => {
    let asked = 0;
    class Asks extends BoringModel {
      override trainDataloader() {
        asked += 1;
        return loader(1);
      }
    }
    await makeTrainer({ maxEpochs: 5, reloadDataloadersEveryNEpochs: 2 }).fit(new Asks());
    expect(asked).toBe(3);
  });

  it("are not asked for when nothing of them is used", async () => {
    class Asks extends BoringModel {
      override valDataloader(): never {
        throw new Error("asked");
      }
    }
    expect((await makeTrainer({ limitValBatches: 0 }).fit(new Asks(), loader(1))).status).toBe("finished");
  });
});

describe("optimization", () => {
  it("accumulates the mean gradient of a window, and steps at the end of an epoch", async () => {
    const steps: number[] = [];
    const callback = new LambdaCallback({ onTrainBatchEnd: (trainer) => void steps.push(trainer.globalStep) });
    await makeTrainer({ accumulateGradBatches: 3, callbacks: callback }).fit(new BoringModel(), loader(7));
    expect(steps).toEqual([0, 0, 1, 1, 1, 2, 3]);
  });

  it("accumulates to the same weights as a larger batch", async () => {
    const data = randomDataset({ length: 8 });
    const small = new BoringModel();
    const large = new BoringModel();
    large.loadStateDict(small.stateDict());
    await makeTrainer({ accumulateGradBatches: 4 }).fit(small, new DataLoader(data, { batchSize: 2 }));
    await makeTrainer().fit(large, new DataLoader(data, { batchSize: 8 }));
    const [a, b] = [await small.layer.weight.data(), await large.layer.weight.data()];
    a.forEach((value, i) => expect(value).toBeCloseTo(b[i] ?? Number.NaN, 5));
  });

  it("clips by norm and by value", async () => {
    const norms = async (options: TrainerOptions) => {
      let norm = 0;
      class Clips extends BoringModel {
        override configureGradientClipping(...args: Parameters<BoringModel["configureGradientClipping"]>) {
          super.configureGradientClipping(...args);
          const values = this.parameters().flatMap((parameter) => [...(parameter.grad?.dataSync() ?? [])]);
          norm = options.gradientClipAlgorithm === "value" ? Math.max(...values.map(Math.abs)) : Math.hypot(...values);
        }
      }
      await makeTrainer(options).fit(new Clips(), loader(1));
      return norm;
    };
    expect(await norms({ gradientClipVal: 0.01 })).toBeCloseTo(0.01, 5);
    expect(await norms({ gradientClipVal: 0.01, gradientClipAlgorithm: "value" })).toBeCloseTo(0.01, 6);
  });

  it("can be done by hand, with two optimizers, each of which counts", async () => {
    const toggled: boolean[] = [];
    class TwoOptimizers extends BoringModel {
      readonly other = new BoringModel().layer;
      override automaticOptimization = false;
      override async trainingStep(batch: BoringBatch) {
        for (const [index, optimizer] of this.optimizers().entries()) {
          this.toggleOptimizer(optimizer);
          toggled.push(this.layer.weight.requiresGrad, this.other.weight.requiresGrad);
          const loss = this.loss((index === 0 ? this.layer : this.other).forward(batch[0]));
          optimizer.zeroGrad();
          await this.manualBackward(loss);
          await optimizer.step();
          this.untoggleOptimizer(optimizer);
        }
      }
      override configureOptimizers() {
        return [new optim.SGD(this.layer.parameters(), { lr: 0.1 }), new optim.Adam(this.other.parameters())];
      }
    }
    const model = new TwoOptimizers();
    const result = await makeTrainer().fit(model, loader(3));
    expect(result.steps).toBe(6);
    expect(toggled.slice(0, 4)).toEqual([true, false, false, true]);
    expect(model.layer.weight.requiresGrad && model.other.weight.requiresGrad).toBe(true);
  });

  it("waits for steps that are promises", async () => {
    class Slow extends BoringModel {
      override async trainingStep(batch: BoringBatch, batchIdx: number) {
        await Promise.resolve();
        return super.trainingStep(batch, batchIdx);
      }
      override async validationStep(batch: BoringBatch) {
        await Promise.resolve();
        this.log("val_loss", this.loss(this.forward(batch[0])));
      }
    }
    const result = await makeTrainer().fit(new Slow(), loader(3), loader(1));
    expect(result).toMatchObject({ status: "finished", steps: 3 });
    expect(result.metrics["val_loss"]).toBeGreaterThan(0);
  });

  it("leaves an epoch when the module says so", async () => {
    class Leaves extends BoringModel {
      override onTrainBatchStart(_batch: BoringBatch, batchIdx: number) {
        return batchIdx === 2 ? -1 : undefined;
      }
    }
    const result = await makeTrainer({ maxEpochs: 2 }).fit(new Leaves(), loader(5));
    expect(result).toMatchObject({ epochs: 2, steps: 4 });
  });

  it("keeps the number of tensors the same for thousands of steps", async () => {
    const counts: number[] = [];
    const callback = new LambdaCallback({ onTrainEpochEnd: () => void counts.push(tf.memory().numTensors) });
    await makeTrainer({ maxEpochs: 4, accumulateGradBatches: 2, callbacks: callback }).fit(
      new BoringModel(),
      loader(500),
      loader(3),
    );
    expect(new Set(counts.slice(1)).size).toBe(1);
  });

  it("changes the windows when it is scheduled", async () => {
    const steps: number[] = [];
    const note = new LambdaCallback({ onTrainEpochEnd: (trainer) => void steps.push(trainer.globalStep) });
    await makeTrainer({ maxEpochs: 3, callbacks: [new GradientAccumulationScheduler({ 1: 2, 2: 4 }), note] }).fit(
      new BoringModel(),
      loader(4),
    );
    expect(steps).toEqual([4, 6, 7]);
  });
});

describe("schedulers", () => {
  const rates = async (config: object, options: TrainerOptions = {}, batches = 4) => {
    const lrs: number[] = [];
    class Scheduled extends BoringModel {
      override configureOptimizers() {
        const optimizer = new optim.SGD(this.parameters(), { lr: 1 });
        return {
          optimizer,
          lrScheduler: { scheduler: new optim.lrScheduler.ExponentialLR(optimizer, { gamma: 0.5 }), ...config },
        };
      }
    }
    const note = new LambdaCallback({
      onTrainBatchEnd: (trainer) => void lrs.push(trainer.optimizers[0]?.paramGroups[0]?.lr ?? Number.NaN),
    });
    await makeTrainer({ maxEpochs: 2, callbacks: note, ...options }).fit(new Scheduled(), loader(batches));
    return lrs.map((lr) => Math.log2(1 / lr));
  };

  it("step at the end of an epoch, before onTrainBatchEnd", async () => {
    expect(await rates({})).toEqual([0, 0, 0, 1, 1, 1, 1, 2]);
  });
  it("step every few optimizer steps, across epochs", async () => {
    expect(await rates({ interval: "step", frequency: 3 })).toEqual([0, 0, 1, 1, 1, 2, 2, 2]);
  });
  it("step every few batches of an epoch as in Lightning, when that is asked for", async () => {
    expect(await rates({ interval: "step", frequency: 3 }, { schedulerFrequencyUnit: "batches" })).toEqual([
      0, 0, 1, 1, 1, 1, 2, 2,
    ]);
  });
  it("step only when a window closes", async () => {
    expect(await rates({ interval: "step" }, { accumulateGradBatches: 2 })).toEqual([0, 1, 1, 2, 2, 3, 3, 4]);
  });
  it("can step after every batch", async () => {
    expect(await rates({ interval: "batch" }, { accumulateGradBatches: 2 })).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
  it("can be told how many steps there will be, and the loader is asked for once", async () => {
    let asked = 0;
    class Cycle extends BoringModel {
      override trainDataloader() {
        asked += 1;
        return loader(5);
      }
      override async configureOptimizers() {
        const optimizer = new optim.SGD(this.parameters(), { lr: 1 });
        const totalSteps = await this.trainer.estimatedSteppingBatches();
        return {
          optimizer,
          lrScheduler: {
            scheduler: new optim.lrScheduler.OneCycleLR(optimizer, { maxLr: 1, totalSteps }),
            interval: "step" as const,
          },
        };
      }
    }
    const trainer = makeTrainer({ maxEpochs: 4, accumulateGradBatches: 2 });
    expect((await trainer.fit(new Cycle())).steps).toBe(12);
    expect(asked).toBe(1);
    expect(await trainer.estimatedSteppingBatches()).toBe(12);
  });
  it("can watch a metric", async () => {
    class Plateau extends BoringModel {
      override validationStep() {
        this.log("score", 1);
      }
      override configureOptimizers() {
        const optimizer = new optim.SGD(this.parameters(), { lr: 1 });
        return {
          optimizer,
          lrScheduler: new optim.lrScheduler.ReduceLROnPlateau(optimizer, { patience: 0, factor: 0.5 }),
          monitor: "score",
        };
      }
    }
    const trainer = makeTrainer({ maxEpochs: 3 });
    await trainer.fit(new Plateau(), loader(1), loader(1));
    expect(trainer.optimizers[0]?.paramGroups[0]?.lr).toBe(0.25);
  });
});

it("predicts: one list of batches, or one for each loader, with tensors that stay", async () => {
  const trainer = makeTrainer();
  const predictions = (await trainer.predict(new BoringModel(), loader(2))) as tf.Tensor[];
  expect(predictions.map(({ shape }) => shape)).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect((await predictions[0]?.data())?.length).toBe(2);
  const both = (await trainer.predict(new BoringModel(), [loader(1), loader(2)])) as tf.Tensor[][];
  expect(both.map((one) => one.length)).toEqual([1, 2]);
  expect(await trainer.predict(new BoringModel(), loader(2), { returnPredictions: false })).toEqual([]);
});
