import { DataLoader, F, LightningError, nn, optim, tf, TensorDataset } from "@lightning-ts/core";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset, type BoringBatch } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { LightningDataModule } from "../contract/lightning-data-module.js";
import { HookError } from "../errors/hook-error.js";
import { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "./trainer.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

const loader = (batches = 2) => new DataLoader(randomDataset({ length: batches }));

function makeTrainer(options: TrainerOptions = {}, files = new MemoryFiles()): Trainer {
  return quietTrainer({ maxEpochs: 1, ports: { files, terminal: new FakeTerminal() }, ...options });
}

describe("a module that lacks something", () => {
  const minimum = /at least trainingStep, configureOptimizers and a training dataloader/;

  it("hears the minimum that fit needs", async () => {
    class NoStep extends LightningModule {
      override configureOptimizers() {
        return new optim.SGD([tf.variable(tf.scalar(1))], { lr: 1 });
      }
    }
    class NoOptimizer extends LightningModule {
      override trainingStep() {
        return tf.scalar(1);
      }
    }
    class NoLoader extends NoOptimizer {
      override configureOptimizers() {
        return undefined;
      }
    }
    await expect(makeTrainer().fit(new NoStep(), loader())).rejects.toThrow(/NoStep does not define trainingStep/);
    await expect(makeTrainer().fit(new NoStep(), loader())).rejects.toThrow(minimum);
    await expect(makeTrainer().fit(new NoOptimizer(), loader())).rejects.toThrow(
      /NoOptimizer does not define configureOptimizers/,
    );
    await expect(makeTrainer().fit(new NoLoader())).rejects.toThrow(/NoLoader does not define trainDataloader/);
  });

  it("hears which step an evaluation needs", async () => {
    class Empty extends LightningModule {}
    await expect(makeTrainer().validate(new Empty(), loader())).rejects.toThrow(
      /does not define validationStep, which trainer.validate needs/,
    );
    await expect(makeTrainer().test(new Empty(), loader())).rejects.toThrow(/testStep/);
    await expect(makeTrainer().predict(new Empty(), loader())).rejects.toThrow(/predictStep or forward/);
    await expect(makeTrainer().fit({} as LightningModule, loader())).rejects.toThrow(/needs a LightningModule/);
    await expect(makeTrainer().validate()).rejects.toThrow(/needs a LightningModule.*remembers it/);
  });

  it("hears that a class is no object of it", async () => {
    await expect(makeTrainer().fit(BoringModel as unknown as BoringModel, loader())).rejects.toThrow(
      /needs a LightningModule.*new BoringModel\(\)/,
    );
  });

  it("hears that its loader has run dry, instead of waiting for ever", async () => {
    const terminal = new FakeTerminal();
    const batches: Iterable<BoringBatch> = (function* () {
      yield [tf.zeros([1, 32])];
    })();
    const result = await makeTrainer({ maxEpochs: -1, ports: { files: new MemoryFiles(), terminal } }).fit(
      new BoringModel(),
      batches,
    );
    expect(result).toMatchObject({ reason: "the training loader gave no batches", steps: 1 });
    expect(terminal.warnings.join()).toContain("A generator can be read once only");
  });

  it("hears that loaders and a data module are two sources", async () => {
    await expect(
      makeTrainer().fit(new BoringModel(), { trainDataloaders: loader(), datamodule: new LightningDataModule() }),
    ).rejects.toThrow(/loaders and a data module/);
    await expect(makeTrainer().fit(new BoringModel(), { trainDataloader: loader() } as object)).rejects.toThrow(
      /no option "trainDataloader".*trainDataloaders/,
    );
    await expect(makeTrainer().fit(new BoringModel(), 3 as unknown as BoringBatch[])).rejects.toThrow(
      /cannot be iterated over.*Received 3/,
    );
  });
});

describe("a step that fails", () => {
  class Net extends LightningModule<[tf.Tensor2D, tf.Tensor1D]> {
    readonly layer = new nn.Linear(4, 3);
    override trainingStep([x, y]: [tf.Tensor2D, tf.Tensor1D]) {
      return F.crossEntropy(this.layer.forward(x), y);
    }
    override validationStep() {
      throw new RangeError("broken");
    }
    override configureOptimizers() {
      return new optim.SGD(this.parameters(), { lr: 0.1 });
    }
  }
  const rows = (features: number, labels = 4) =>
    new DataLoader(
      new TensorDataset(tf.buffer<tf.Rank.R2>([4, features]), new Int32Array(4).fill(labels === 4 ? 1 : 7)),
      { batchSize: 2 },
    );

  it("for a batch of a wrong shape names the hook, the position and the shapes", async () => {
    const error: unknown = await makeTrainer()
      .fit(new Net(), rows(5))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HookError);
    expect(String(error)).toMatch(/Net\.trainingStep failed at epoch 0, batch 0 \(global step 0\)/);
    expect(String(error)).toMatch(/The batch was \[float32 \[2, 5\], int32 \[2\]\]/);
    expect((error as HookError).cause).toBeInstanceOf(LightningError);
  });

  it("in validation names the loader's batch, and keeps the cause", async () => {
    const error: unknown = await makeTrainer()
      .fit(new Net(), rows(4), rows(4))
      .catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/Net\.validationStep failed at sanityCheck batch 0 .*: broken/);
    expect((error as HookError).cause).toBeInstanceOf(RangeError);
  });

  it.each<[string, RegExp, (model: BoringModel) => unknown]>([
    ["no loss", /without a loss at epoch 0, batch 0.*\{ loss: tensor/, () => ({ accuracy: 1 })],
    ["a number", /without a loss.*Received 3/, () => 3],
    [
      "a loss of two numbers",
      /returned at epoch 0, batch 0.*not a single number.*shape \[2\].*loss\.mean\(\)/,
      () => tf.tensor([1, 2]),
    ],
    ["a loss that no parameter reaches", /No trainable variable was used/, () => tf.scalar(1)],
  ])("because it returns %s says what to return", async (_name, message, result) => {
    class Wrong extends BoringModel {
      override trainingStep() {
        return result(this) as tf.Tensor;
      }
    }
    await expect(makeTrainer().fit(new Wrong(), loader())).rejects.toThrow(message);
  });

  it("that returns nothing is skipped with a warning, and still counts as a step", async () => {
    const terminal = new FakeTerminal();
    class Skips extends BoringModel {
      override trainingStep(batch: BoringBatch, batchIdx: number) {
        return batchIdx === 1 ? undefined : super.trainingStep(batch, batchIdx);
      }
    }
    const result = await makeTrainer({ ports: { files: new MemoryFiles(), terminal } }).fit(new Skips(), loader(3));
    expect(result.steps).toBe(3);
    expect(terminal.warnings.join()).toContain("trainingStep returned nothing for batch 1");
  });

  it.each(["registry", "registry:name:version:v2"])("refuses ckptPath %s, a word of Lightning's", async (ckptPath) => {
    await expect(makeTrainer().fit(new BoringModel(), loader(), { ckptPath })).rejects.toThrow(
      `ckptPath "${ckptPath}" is a word of Lightning's that this version does not have`,
    );
  });

  it("because the closure is never called says so", async () => {
    class Forgets extends BoringModel {
      override optimizerStep() {}
    }
    await expect(makeTrainer().fit(new Forgets(), loader())).rejects.toThrow(/did not run the closure/);
  });
});

describe("a backend that cannot train the model", () => {
  it("says so before the first step, and names one that can", async () => {
    let hasStarted = false;
    class Conv extends BoringModel {
      readonly conv = new nn.Conv2d(1, 2, 3);
      override setup() {
        hasStarted = true;
      }
    }
    await expect(makeTrainer({ accelerator: "wasm" }).fit(new Conv(), loader())).rejects.toThrow(
      /wasm.*conv.*"?(onnxruntime|tensorflow|cpu)/s,
    );
    expect(hasStarted).toBe(false);
  });
});

describe("checkpoints", () => {
  it("that are missing are named", async () => {
    await expect(
      makeTrainer().fit(new BoringModel(), loader(), undefined, { ckptPath: "/nowhere.ckpt" }),
    ).rejects.toThrow(/no checkpoint at \/nowhere\.ckpt/);
    await expect(makeTrainer().fit(new BoringModel(), loader(), undefined, { ckptPath: "best" })).rejects.toThrow(
      /"best" needs a ModelCheckpoint/,
    );
    await expect(BoringModel.loadFromCheckpoint("/nowhere-at-all/model.ckpt")).rejects.toThrow(/no checkpoint at/);
  });

  it("that are cut off are not used", async () => {
    const files = new MemoryFiles();
    const trainer = makeTrainer({}, files);
    await trainer.fit(new BoringModel(), loader());
    await trainer.saveCheckpoint("/whole.ckpt");
    const bytes = await files.readFile("/whole.ckpt");
    const file = await files.open("/cut.ckpt", "overwrite");
    await file.write(bytes.slice(0, bytes.length - 40));
    await file.close();
    await expect(
      makeTrainer({ maxEpochs: 2 }, files).fit(new BoringModel(), loader(), undefined, { ckptPath: "/cut.ckpt" }),
    ).rejects.toThrow(/\/cut\.ckpt is not a usable checkpoint/);
  });

  it("with weights only cannot be resumed from", async () => {
    const files = new MemoryFiles();
    const trainer = makeTrainer({}, files);
    await trainer.fit(new BoringModel(), loader());
    await trainer.saveCheckpoint("/weights.ckpt", { weightsOnly: true });
    await expect(
      makeTrainer({ maxEpochs: 2 }, files).fit(new BoringModel(), loader(), undefined, { ckptPath: "/weights.ckpt" }),
    ).rejects.toThrow(/holds weights only/);
  });

  it("of another model list what is missing", async () => {
    const files = new MemoryFiles();
    const trainer = makeTrainer({}, files);
    await trainer.fit(new BoringModel(), loader());
    await trainer.saveCheckpoint("/boring.ckpt");
    class Other extends BoringModel {
      readonly second = new nn.Linear(2, 2);
    }
    await expect(
      makeTrainer({ maxEpochs: 2 }, files).fit(new Other(), loader(), undefined, { ckptPath: "/boring.ckpt" }),
    ).rejects.toThrow(/second\.weight/);
  });

  it("of a run with another number of optimizers are refused", async () => {
    const files = new MemoryFiles();
    const trainer = makeTrainer({}, files);
    await trainer.fit(new BoringModel(), loader());
    await trainer.saveCheckpoint("/one.ckpt");
    class Without extends BoringModel {
      override configureOptimizers() {
        return new optim.SGD(this.parameters(), { lr: 0.1 });
      }
    }
    await expect(
      makeTrainer({ maxEpochs: 2 }, files).fit(new Without(), loader(), undefined, { ckptPath: "/one.ckpt" }),
    ).rejects.toThrow(/other schedulers.*1 schedulers/s);
  });

  it("are not taken inside a training step", async () => {
    class Saves extends BoringModel {
      override async trainingStep(batch: BoringBatch, batchIdx: number) {
        await this.trainer.saveCheckpoint("/inside.ckpt");
        return super.trainingStep(batch, batchIdx);
      }
    }
    await expect(makeTrainer().fit(new Saves(), loader())).rejects.toThrow(/inside a training step \(epoch 0, batch 0/);
  });
});

describe("optimizers", () => {
  const configured = (make: (model: BoringModel) => unknown) => {
    class Configured extends BoringModel {
      override configureOptimizers() {
        return make(this) as undefined;
      }
    }
    return makeTrainer().fit(new Configured(), loader());
  };
  const sgd = (model: BoringModel) => new optim.SGD(model.parameters(), { lr: 0.1 });

  it.each<[string, RegExp, (model: BoringModel) => unknown]>([
    [
      "two in automatic optimization",
      /one optimizer.*automaticOptimization = false/s,
      (model) => [sgd(model), sgd(model)],
    ],
    ["something unknown", /configureOptimizers returned something unknown.*Received "sgd"/s, () => "sgd"],
    [
      "a plateau scheduler without a monitor",
      /which metric to watch.*monitor: "val_loss"/s,
      (model) => {
        const optimizer = sgd(model);
        return [[optimizer], [new optim.lrScheduler.ReduceLROnPlateau(optimizer)]];
      },
    ],
    [
      "a scheduler of another optimizer",
      /did not return/,
      (model) => [[sgd(model)], [new optim.lrScheduler.StepLR(sgd(model), { stepSize: 1 })]],
    ],
    [
      "an unknown interval",
      /"epoch", "step" or "batch".*Received "steps"/s,
      (model) => {
        const optimizer = sgd(model);
        return {
          optimizer,
          lrScheduler: { scheduler: new optim.lrScheduler.StepLR(optimizer, { stepSize: 1 }), interval: "steps" },
        };
      },
    ],
    [
      "a scheduler that is none",
      /learning-rate scheduler that is none/,
      (model) => ({ optimizer: sgd(model), lrScheduler: {} }),
    ],
  ])("refuse %s", async (_name, message, make) => {
    await expect(configured(make)).rejects.toThrow(message);
  });
});
