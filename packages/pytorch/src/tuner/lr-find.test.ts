import { DataLoader, F, gradOf, nn, optim, randomState, tf, type Optimizer } from "@lightning-ts/core";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { recordedRows } from "../callbacks/recorded-models-under-test.js";
import { LambdaCallback } from "../callbacks/lambda-callback.js";
import { LightningModule } from "../contract/lightning-module.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { BatchSizeFinder } from "./batch-size-finder.js";
import { LearningRateFinder } from "./learning-rate-finder.js";
import { Tuner, type LRFindOptions } from "./tuner.js";
import { quietTrainer } from "../trainer/quiet-trainer-under-test.js";

interface Recorded {
  readonly lr: readonly number[];
  readonly loss: readonly number[];
  readonly suggestion: readonly (number | null)[];
  readonly attribute: number;
}
const recorded: Readonly<Record<string, Recorded>> = JSON.parse(
  readFileSync(new URL("fixtures/lr-finder.json", import.meta.url), "utf8"),
);

type Batch = [x: tf.Tensor2D, y: tf.Tensor2D];

/** The model of the recording. */
class Regression extends LightningModule<Batch> {
  lr = 0.05;
  readonly net = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 1));
  readonly seen: string[] = [];

  constructor(readonly make: (params: ReturnType<Regression["parameters"]>, lr: number) => Optimizer = sgd) {
    super();
    for (const [index, parameter] of this.parameters().entries()) {
      const values = Float32Array.from({ length: parameter.size }, (_, i) => 0.6 * Math.sin(1.3 * i + index));
      tf.tidy(() => parameter.assign(tf.tensor(values, parameter.shape)));
    }
  }

  override trainingStep([x, y]: Batch) {
    return F.mseLoss(this.net.forward(x), y);
  }

  override configureOptimizers() {
    return this.make(this.parameters(), this.lr);
  }
}

/** For overrides that return something else than the base class does. */
const asOptimizer = (returned: object): Optimizer => Object(returned);
const sgd = (params: ReturnType<Regression["parameters"]>, lr: number) => new optim.SGD(params, { lr });
const adam = (params: ReturnType<Regression["parameters"]>, lr: number) => new optim.Adam(params, { lr });

const rows = recordedRows(
  Array.from({ length: 36 }, (_, i) => Math.sin(0.7 * i)),
  Array.from({ length: 12 }, (_, i) => Math.cos(1.1 * i)),
);
const loader = (options: object = {}) => new DataLoader(rows, { batchSize: 4, ...options });

function trainerWith(options: TrainerOptions = {}) {
  const [files, terminal] = [new MemoryFiles(), new FakeTerminal()];
  const trainer = quietTrainer({ maxEpochs: 2, ports: { files, terminal }, ...options });
  return { trainer, files, terminal };
}

const weightsOf = (module: LightningModule) => module.parameters().map((parameter) => [...parameter.dataSync()]);

describe("lrFind measures and suggests what Lightning does", () => {
  const cases: [string, Regression["make"], LRFindOptions<Batch>][] = [
    ["sgd", sgd, { numTraining: 40 }],
    ["sgd until it diverges", sgd, { numTraining: 40, maxLr: 1e5 }],
    ["adam, linear", adam, { numTraining: 30, mode: "linear", maxLr: 0.5, minLr: 1e-3 }],
    ["without a threshold", sgd, { numTraining: 25, maxLr: 100, earlyStopThreshold: false }],
  ];
  it.each(cases)("%s", async (name, make, options) => {
    const expected = recorded[name];
    const module = new Regression(make);
    const { trainer } = trainerWith();
    const finder = await new Tuner(trainer).lrFind(module, { trainDataloaders: loader(), ...options });
    const near = (values: readonly number[]) =>
      values.map((value): unknown => expect.closeTo(value, -Math.log10(Math.abs(value) * 2e-3)));
    expect(finder?.results.lr).toEqual(near(expected?.lr ?? []));
    // Once the model diverges, differences of the last bits grow with it.
    const until = expected?.loss.findIndex((loss) => loss > 10) ?? -1;
    const calm = until === -1 ? (expected?.loss.length ?? 0) : until;
    expect(finder?.results.loss.length).toBe(expected?.loss.length);
    expect(finder?.results.loss.slice(0, calm)).toEqual(near(expected?.loss.slice(0, calm) ?? []));
    expect(finder?.suggestion()).toBeCloseTo(expected?.suggestion[0] ?? 0, 8);
    expect(finder?.suggestion({ skipBegin: 2, skipEnd: 5 })).toBeCloseTo(expected?.suggestion[1] ?? 0, 12);
    expect(module.lr).toBeCloseTo(expected?.attribute ?? 0, 8);
  });
});

describe("lrFind leaves everything as it was", () => {
  it("weights, modes, random numbers, loaders, tensors and files", async () => {
    const module = new Regression();
    module.net.eval();
    const shuffled = loader({ shuffle: true, seed: 3 });
    const { trainer, files } = trainerWith();
    const before = { weights: weightsOf(module), random: randomState(), loader: shuffled.state() };
    await new Tuner(trainer).lrFind(module, { trainDataloaders: shuffled, numTraining: 20 });
    const tensors = tf.memory().numTensors;
    await new Tuner(trainer).lrFind(module, { trainDataloaders: shuffled, numTraining: 20 });
    expect({ weights: weightsOf(module), random: randomState(), loader: shuffled.state() }).toEqual(before);
    expect(module.net.training).toBe(false);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(files.paths()).toEqual([]);
    expect(trainer.globalStep).toBe(0);
    expect(module.parameters().every((parameter) => gradOf(parameter) === null)).toBe(true);
    expect(Object.hasOwn(module, "configureOptimizers")).toBe(false);
  });

  it("also when a step fails", async () => {
    class Fails extends Regression {
      override trainingStep(batch: Batch) {
        if (this.trainer.globalStep === 5) throw new Error("no");
        return super.trainingStep(batch);
      }
    }
    const module = new Fails();
    const before = weightsOf(module);
    const finding = new Tuner(trainerWith().trainer).lrFind(module, { trainDataloaders: loader() });
    await expect(finding).rejects.toThrow(/Fails\.trainingStep.*no/);
    expect(weightsOf(module)).toEqual(before);
    expect(module.lr).toBe(0.05);
    expect(Object.hasOwn(module, "configureOptimizers")).toBe(false);
  });

  it("and the fit that follows trains as one without it, but for the rate", async () => {
    const losses = async (find: boolean) => {
      const module = new Regression();
      const { trainer } = trainerWith();
      const data = loader({ shuffle: true, seed: 3 });
      if (find) await new Tuner(trainer).lrFind(module, { trainDataloaders: data, numTraining: 30 });
      module.lr = 0.1;
      await trainer.fit(module, data);
      return weightsOf(module);
    };
    expect(await losses(true)).toEqual(await losses(false));
  });
});

describe("lrFind", () => {
  it("takes the place of schedulers while it searches, those that wait for a metric included", async () => {
    class Scheduled extends Regression {
      override configureOptimizers() {
        const optimizer = new optim.SGD(this.parameters(), { lr: this.lr });
        const scheduler = new optim.lrScheduler.ReduceLROnPlateau(optimizer);
        return asOptimizer({ optimizer, lrScheduler: { scheduler, monitor: "val_loss" } });
      }
    }
    const finder = await new Tuner(trainerWith().trainer).lrFind(new Scheduled(), {
      trainDataloaders: loader(),
      numTraining: 40,
    });
    expect(finder?.suggestion()).toBeCloseTo(recorded["sgd"]?.suggestion[0] ?? 0, 8);
  });

  it("counts optimizer steps where gradients accumulate", async () => {
    const { trainer } = trainerWith({ accumulateGradBatches: 3 });
    const finder = await new Tuner(trainer).lrFind(new Regression(), { trainDataloaders: loader(), numTraining: 12 });
    expect(finder?.results.lr).toHaveLength(12);
    expect(finder?.results.loss).toHaveLength(12);
  });

  it("does not call the Trainer's callbacks", async () => {
    const calls: string[] = [];
    const callback = new LambdaCallback({ onTrainBatchEnd: () => void calls.push("called") });
    const { trainer } = trainerWith({ callbacks: callback });
    await new Tuner(trainer).lrFind(new Regression(), { trainDataloaders: loader(), numTraining: 5 });
    expect(calls).toEqual([]);
  });

  it("sets hyperparameters too, and another field where one is named", async () => {
    class Other extends Regression {
      rate = 0.05;
    }
    const module = new Other();
    module.saveHyperparameters({ rate: 0.05 });
    const finder = await new Tuner(trainerWith().trainer).lrFind(module, {
      trainDataloaders: loader(),
      numTraining: 40,
      attrName: "rate",
    });
    expect([module.rate, Object(module.hparams).rate]).toEqual([finder?.suggestion(), finder?.suggestion()]);
    expect(module.lr).toBe(0.05);
  });

  it("leaves the field alone where that is wanted", async () => {
    const module = new Regression();
    await new Tuner(trainerWith().trainer).lrFind(module, {
      trainDataloaders: loader(),
      numTraining: 40,
      updateAttr: false,
    });
    expect(module.lr).toBe(0.05);
  });

  it("says that it cannot suggest anything after a few steps", async () => {
    const { trainer, terminal } = trainerWith();
    const finder = await new Tuner(trainer).lrFind(new Regression(), { trainDataloaders: loader(), numTraining: 5 });
    expect(finder?.suggestion()).toBeUndefined();
    expect(terminal.warnings.join("\n")).toContain("too few steps to suggest a rate");
  });

  it("is skipped under fastDevRun", async () => {
    const { trainer, terminal } = trainerWith({ fastDevRun: true });
    expect(await new Tuner(trainer).lrFind(new Regression(), { trainDataloaders: loader() })).toBeUndefined();
    expect(terminal.warnings.join("\n")).toContain("lrFind is skipped, because fastDevRun is on");
  });

  it("refuses what it cannot do", async () => {
    class Two extends Regression {
      override automaticOptimization = false;
      override configureOptimizers() {
        return asOptimizer([sgd(this.parameters(), 0.1), sgd(this.parameters(), 0.1)]);
      }
    }
    const find = (module: Regression, options: LRFindOptions<Batch> = {}, given: TrainerOptions = {}) =>
      new Tuner(trainerWith(given).trainer).lrFind(module, { trainDataloaders: loader(), ...options });
    await expect(find(new Two())).rejects.toThrow(/works with one optimizer, and Two.* returned 2/);
    await expect(find(new Regression(), { attrName: "rate" })).rejects.toThrow(/no field to set in Regression.*"rate"/);
    await expect(find(new Regression(), { minLr: 1, maxLr: 0.1 })).rejects.toThrow(/minLr above 0 and a higher maxLr/);
    await expect(find(new Regression(), { numTraining: 0 })).rejects.toThrow(/numTraining, a whole number/);
    await expect(find(new Regression(), {}, { callbacks: new LearningRateFinder() })).rejects.toThrow(
      /has a LearningRateFinder, which would search once more/,
    );
  });

  it("ends where no optimizer ever makes a step, and says what to call", async () => {
    class Stepless extends Regression {
      override automaticOptimization = false;
    }
    const trainDataloaders = loader();
    const search = new Tuner(trainerWith().trainer).lrFind(new Stepless(), { trainDataloaders, numTraining: 12 });
    await expect(search).rejects.toThrow(/saw 12 batches .* no optimizer made a step.*this\.optimizers\(\)\.step\(\)/);
  });

  it("refuses options that it does not know, here and as a callback, and what is no Trainer", async () => {
    const { trainer } = trainerWith();
    const misspelt: LRFindOptions<Batch> = Object({ num_training: 3 });
    await expect(new Tuner(trainer).lrFind(new Regression(), misspelt)).rejects.toThrow(
      /lrFind has no option "num_training".*numTraining/,
    );
    await expect(new Tuner(trainer).scaleBatchSize(new Regression(), Object({ init_val: 3 }))).rejects.toThrow(
      /scaleBatchSize has no option "init_val"/,
    );
    expect(() => new LearningRateFinder(Object({ numTraining: 3 }))).toThrow(
      /LearningRateFinder has no option "numTraining".*numTrainingSteps/,
    );
    expect(() => new BatchSizeFinder(Object({ init_val: 3 }))).toThrow(/BatchSizeFinder has no option "init_val"/);
    expect(() => new Tuner(Object({}))).toThrow(/tunes what a Trainer trains/);
  });

  it("draws its curve with the rate that it suggests", async () => {
    const finder = await new Tuner(trainerWith().trainer).lrFind(new Regression(), {
      trainDataloaders: loader(),
      numTraining: 40,
    });
    const svg = finder?.plot({ suggest: true }) ?? "";
    expect(svg).toMatch(/^<svg/);
    expect(svg).toContain("Learning rate finder: 0.00000631");
    expect(svg.match(/<polyline/g)).toHaveLength(2);
    expect(finder?.plot().match(/<polyline/g)).toHaveLength(1);
  });
});

describe("LearningRateFinder", () => {
  it("finds the rate before the fit, which trains with it", async () => {
    const finder = new LearningRateFinder({ numTrainingSteps: 40 });
    const module = new Regression();
    const { trainer } = trainerWith({ callbacks: finder });
    let rate: number | undefined;
    module.onTrainStart = () => {
      rate = Number(trainer.optimizers[0]?.paramGroups[0]?.lr);
    };
    const result = await trainer.fit(module, loader());
    expect(finder.optimalLr?.suggestion()).toBeCloseTo(recorded["sgd"]?.suggestion[0] ?? 0, 8);
    expect([module.lr, rate]).toEqual([finder.optimalLr?.suggestion(), finder.optimalLr?.suggestion()]);
    expect(result).toMatchObject({ status: "finished", steps: 6 });
  });

  it("trains as a fit with this rate from the beginning", async () => {
    const found = new Regression();
    await trainerWith({ callbacks: new LearningRateFinder({ numTrainingSteps: 40 }) }).trainer.fit(
      found,
      loader({ shuffle: true, seed: 3 }),
    );
    const known = new Regression();
    known.lr = found.lr;
    await trainerWith().trainer.fit(known, loader({ shuffle: true, seed: 3 }));
    expect(weightsOf(found)).toEqual(weightsOf(known));
  });

  it("does nothing under fastDevRun", async () => {
    const finder = new LearningRateFinder();
    await trainerWith({ callbacks: finder, fastDevRun: true }).trainer.fit(new Regression(), loader());
    expect(finder.optimalLr).toBeUndefined();
  });
});
