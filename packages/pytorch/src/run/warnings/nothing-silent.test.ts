import { DataLoader, nn, optim, Parameter, tf } from "@lightning-ts/core";
import { CSVLogger } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset, type BoringBatch } from "@lightning-ts/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { EarlyStopping } from "../../callbacks/early-stopping.js";
import { LambdaCallback } from "../../callbacks/lambda-callback.js";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { TrainerOptions } from "../../options/trainer-options.js";
import type { Trainer } from "../../trainer/trainer.js";
import { quietTrainer } from "../../trainer/quiet-trainer-under-test.js";

let terminal: FakeTerminal;
let files: MemoryFiles;
beforeEach(() => {
  terminal = new FakeTerminal();
  files = new MemoryFiles();
});

function makeTrainer(options: TrainerOptions = {}): Trainer {
  return quietTrainer({ maxEpochs: 2, limitValBatches: 0, ports: { files, terminal }, ...options });
}

const loader = (batches: number) => new DataLoader(randomDataset({ length: batches }));

async function warningsOf(module: LightningModule, options: TrainerOptions = {}, batches = 3): Promise<string[]> {
  await makeTrainer(options).fit(module, loader(batches));
  return terminal.warnings;
}

/** Steps two optimizers in every batch. */
class TwoOptimizers extends BoringModel {
  readonly other = new nn.Linear(32, 2);

  constructor() {
    super();
    this.automaticOptimization = false;
  }

  override async trainingStep([x]: BoringBatch): Promise<undefined> {
    await this.manualBackward(this.loss(this.forward(x)).add(this.loss(this.other.forward(x))));
    for (const optimizer of this.optimizers()) await optimizer.step();
  }

  override configureOptimizers() {
    return [new optim.SGD(this.layer.parameters(), { lr: 0.1 }), new optim.SGD(this.other.parameters(), { lr: 0.1 })];
  }
}

it("a model that learns well is warned of nothing", async () => {
  expect(await warningsOf(new BoringModel())).toEqual([]);
});

describe("modules in evaluation mode when training starts", () => {
  it("are named, once", async () => {
    class Deep extends BoringModel {
      readonly net = new nn.Sequential(new nn.Linear(2, 2), new nn.Dropout(0.5));
    }
    const module = new Deep();
    module.net.eval();
    expect(await warningsOf(module)).toEqual([
      "Warning: Training starts with modules in evaluation mode: net, net.0, net.1. Their dropout is off and their batch statistics stay. Call model.train() before fit, unless you froze them on purpose.",
    ]);
  });

  it("are not all listed, and are warned of in the next run again", async () => {
    const trainer = makeTrainer({ maxEpochs: 1 });
    class Wide extends BoringModel {
      readonly net = new nn.Sequential(...Array.from({ length: 9 }, () => new nn.Linear(2, 2)));
    }
    await trainer.fit(new Wide().eval(), loader(2));
    expect(terminal.warnings).toHaveLength(1);
    expect(terminal.warnings[0]).toContain("Wide, layer, net, net.0, net.1 and 7 more.");
    trainer.maxEpochs = 2;
    await trainer.fit(new Wide().eval(), loader(2));
    expect(terminal.warnings).toHaveLength(2);
  });

  it("are of no interest to an evaluation", async () => {
    await makeTrainer().test(new BoringModel().eval(), loader(2));
    expect(terminal.warnings).toEqual([]);
  });
});

describe("an optimizer over parameters that are not this model's", () => {
  it("is an error", async () => {
    class Foreign extends BoringModel {
      override configureOptimizers() {
        return new optim.SGD(new nn.Linear(2, 2).parameters(), { lr: 0.1 });
      }
    }
    await expect(makeTrainer().fit(new Foreign(), loader(2))).rejects.toMatchObject({
      code: "LIT_OPTIMIZER_MISMATCH",
      message:
        "SGD has no parameter of Foreign, so the model would not change. Try: make it from the model's own parameters: new optim.Adam(this.parameters()).",
    });
  });

  it("is a warning where some of them are", async () => {
    const temperature = Parameter.fromData([1], [1]);
    class Partly extends BoringModel {
      override configureOptimizers() {
        return new optim.SGD([...this.parameters(), temperature], { lr: 0.1 });
      }
    }
    expect(await warningsOf(new Partly())).toEqual([
      "Warning: 1 of the 3 parameters of SGD are not in Partly: they are trained, but checkpoints hold nothing of them. Keep them in a field of the module.",
    ]);
  });
});

describe("modules where the model does not find them", () => {
  it("are named with the list that would be right", async () => {
    class Lists extends BoringModel {
      readonly blocks = [new nn.Linear(2, 2), new nn.Linear(2, 2)];
      readonly heads = { first: new nn.Linear(2, 2), more: new Map([["b", new nn.Linear(2, 2)]]) };
      readonly activations = [new nn.ReLU()];
    }
    expect(await warningsOf(new Lists())).toEqual([
      "Warning: Lists has blocks[0] (Linear), blocks[1] (Linear), heads.first (Linear) and 1 more in plain collections, where it does not find them: they are not among its parameters(), so they are not trained, not saved, and train() and eval() do not reach them. Put them into new nn.ModuleList([…]) or new nn.ModuleDict({ … }). Where that is on purpose, a field whose name begins with # says so.",
    ]);
  });

  it("are also variables, and also in a module inside of it", async () => {
    class Inner extends nn.Linear {
      readonly scales = new Set([Parameter.fromData([1], [1])]);
    }
    class Outer extends BoringModel {
      readonly inner = new Inner(2, 2);
      readonly plain = [tf.variable(tf.ones([1]))];
    }
    const [warning] = await warningsOf(new Outer());
    expect(warning).toContain("Outer has plain[0] (Variable), inner.scales #0 (Parameter) in plain collections");
    expect(warning).toContain("registerParameter(name, parameter)");
  });

  it("are found elsewhere too, and then nothing is wrong", async () => {
    class Both extends BoringModel {
      readonly list = new nn.ModuleList([new nn.Linear(2, 2)]);
      readonly same = [...this.list];
      readonly numbers = Array.from({ length: 1000 }, (_, index) => index);
      readonly nothing = [null, undefined];
    }
    expect(await warningsOf(new Both())).toEqual([]);
  });
});

describe("what Python's words set and nothing reads", () => {
  it("is named, with the word that is read", async () => {
    const module = Object.assign(new BoringModel(), { automatic_optimization: false, my_own_field: 1 });
    const { weight, bias } = module.layer;
    Object.assign(weight, { requires_grad: false });
    for (const parameter of [weight, bias]) Object.assign(Object(parameter), { data: tf.zeros([2, 32]) });
    expect(await warningsOf(module)).toEqual([
      "Warning: BoringModel has a field automatic_optimization, which nothing reads. Did you mean automaticOptimization?",
      "Warning: layer.weight.requires_grad: nothing reads what was set there. Did you mean requiresGrad?",
      "Warning: layer.weight.data, layer.bias.data: what was set there changes no value. Did you mean assign(tensor)?",
    ]);
  });

  it("is also a tensor in place of a layer's parameter, but not what pruning computes", async () => {
    const module = new BoringModel();
    const replaced = new nn.Linear(2, 2);
    Object.assign(replaced, { bias: tf.zeros([2]) });
    const pruned = new nn.Linear(2, 2);
    nn.utils.prune.l1Unstructured(pruned, "weight", { amount: 0.5 });
    const criterion = new nn.CrossEntropyLoss({ weight: tf.ones([2]) });
    Object.assign(module, { replaced, pruned, criterion });
    expect(await warningsOf(module)).toEqual([
      "Warning: replaced.bias: a tensor in place of a parameter is neither trained nor saved. Set the values with weight.assign(tensor), or put a new nn.Parameter(tensor) there.",
    ]);
  });
});

describe("logEveryNSteps", () => {
  const logs = (options: TrainerOptions = {}): TrainerOptions => ({
    logger: new CSVLogger({ saveDir: "/logs", files }),
    ...options,
  });
  const rows = (steps: number, every: number): string =>
    `Warning: An epoch has ${steps} optimizer steps, fewer than logEveryNSteps: ${every}, so most epochs send no metrics of steps to the logger. Set logEveryNSteps to ${steps} or less to see them.`;

  it("larger than an epoch is warned of, once", async () => {
    expect(await warningsOf(new BoringModel(), logs())).toEqual([rows(3, 50)]);
  });

  it("is measured in optimizer steps", async () => {
    expect(await warningsOf(new BoringModel(), logs({ logEveryNSteps: 3, accumulateGradBatches: 2 }), 4)).toEqual([
      rows(2, 3),
    ]);
  });

  it.each<[string, TrainerOptions]>([
    ["as long as an epoch", { logEveryNSteps: 3 }],
    ["switched off", { logEveryNSteps: 0 }],
    ["without a logger", { logger: false }],
    ["in a dry run", { fastDevRun: 1 }],
  ])("is not warned of %s", async (_, options) => {
    expect(await warningsOf(new BoringModel(), logs(options))).toEqual([]);
  });
});

describe("a run in which nothing is trained", () => {
  it("is one whose steps return nothing: one warning, once", async () => {
    class Silent extends BoringModel {
      override trainingStep() {
        return undefined;
      }
    }
    expect(await warningsOf(new Silent(), { maxEpochs: 3 })).toEqual([
      "Warning: Silent.trainingStep returned nothing for batch 0: it is skipped, as is every batch without a loss. Unless that is on purpose, return the loss from it, or an object { loss, … }.",
    ]);
  });

  it("says at which batch the first loss is missing", async () => {
    class Rare extends BoringModel {
      override trainingStep(batch: BoringBatch, batchIdx: number) {
        return batchIdx < 2 ? super.trainingStep(batch, batchIdx) : undefined;
      }
    }
    expect(await warningsOf(new Rare())).toEqual([
      "Warning: Rare.trainingStep returned nothing for batch 2: it is skipped, as is every batch without a loss. Unless that is on purpose, return the loss from it, or an object { loss, … }.",
    ]);
  });

  it("is one of manual optimization in which no optimizer of the Trainer steps", async () => {
    class Own extends BoringModel {
      readonly #optimizer = new optim.SGD(this.parameters(), { lr: 0.1 });

      constructor() {
        super();
        this.automaticOptimization = false;
      }

      override async trainingStep([x]: BoringBatch): Promise<undefined> {
        await this.manualBackward(this.loss(this.forward(x)));
        this.#optimizer.step();
      }
    }
    expect(await warningsOf(new Own())).toEqual([
      "Warning: No optimizer of the Trainer stepped in epoch 0, which Own trains by itself (automaticOptimization is false): globalStep, maxSteps and checkpoints count the steps of this.optimizers() only. Call this.optimizers().step() in trainingStep, or that of each of them, and not one of an optimizer that you kept yourself.",
    ]);
  });

  it("is not one that a hook has left, or one of a model without optimizers", async () => {
    const leaves = new LambdaCallback({ onTrainEpochStart: (trainer) => trainer.stop("enough") });
    expect(await warningsOf(new TwoOptimizers(), { callbacks: leaves })).toEqual([]);
    class Fixed extends BoringModel {
      override configureOptimizers() {
        return undefined;
      }
      override trainingStep() {
        return undefined;
      }
    }
    expect(await warningsOf(new Fixed())).toEqual([
      "Warning: configureOptimizers returned nothing: the model runs without an optimizer and does not change.",
    ]);
  });
});

describe("maxSteps with several optimizers", () => {
  it("says what it counts", async () => {
    expect(await warningsOf(new TwoOptimizers(), { maxSteps: 4 })).toEqual([
      "Warning: maxSteps: 4 counts the steps of all 2 optimizers together: where each steps in every batch, training ends after 2 batches. Multiply it by 2 to count batches.",
    ]);
  });

  it.each<[string, TrainerOptions]>([
    ["without a limit", {}],
    ["in a dry run", { fastDevRun: 2 }],
  ])("says nothing %s", async (_, options) => {
    expect(await warningsOf(new TwoOptimizers(), options)).toEqual([]);
  });
});

describe("a loss that is not finite", () => {
  /** Its loss is as large as it is told in one batch, and does not depend on the weights. */
  class Jumps extends BoringModel {
    readonly #at: number;
    readonly #loss: number;
    seen = 0;

    constructor(at: number, loss = Number.NaN) {
      super();
      this.#at = at;
      this.#loss = loss;
    }

    override trainingStep([x]: BoringBatch, batchIdx: number) {
      this.seen += 1;
      const loss = this.loss(this.forward(x));
      return { loss: batchIdx === this.#at ? loss.mul(0).add(this.#loss) : loss };
    }
  }

  it.each([
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
  ])("is warned of once, with its batch and what to do: %d", async (loss, text) => {
    expect(await warningsOf(new Jumps(1, loss))).toEqual([
      `Warning: The loss is ${text} at epoch 0, batch 1. Training goes on. detectAnomaly: true finds the loss or gradient that it begins with, terminateOnNan: true ends the run there.`,
    ]);
  });

  it("is found long before the end of a long epoch", async () => {
    const heard: number[] = [];
    const listens = new LambdaCallback({ onTrainBatchStart: () => void heard.push(terminal.warnings.length) });
    await warningsOf(new Jumps(5), { callbacks: listens, maxEpochs: 1 }, 200);
    expect(heard.indexOf(1)).toBeGreaterThan(5);
    expect(heard.indexOf(1)).toBeLessThan(70);
  });

  it("is found in manual optimization too", async () => {
    class Manual extends TwoOptimizers {
      override async trainingStep([x]: BoringBatch, batchIdx = 0): Promise<undefined> {
        await this.manualBackward(this.loss(this.forward(x)).mul(batchIdx === 2 ? Number.NaN : 1));
        for (const optimizer of this.optimizers()) await optimizer.step();
      }
    }
    expect(await warningsOf(new Manual())).toEqual([expect.stringContaining("The loss is NaN at epoch 0, batch 2.")]);
  });

  it("leaves no tensor behind, nor does one that is finite", async () => {
    for (const at of [1, -1]) {
      const module = new Jumps(at);
      const before = tf.memory().numTensors;
      await makeTrainer({ maxSteps: 70 }).fit(module, loader(100));
      module.zeroGrad();
      // The parameters are on the device now.
      expect(tf.memory().numTensors).toBeLessThanOrEqual(before + module.parameters().length);
    }
  });

  it("ends the run before the weights change, where terminateOnNan says so", async () => {
    const module = new Jumps(2);
    const weights: number[][] = [];
    const notes = new LambdaCallback({ onTrainBatchEnd: () => void weights.push([...module.layer.weight.dataSync()]) });
    const run = makeTrainer({ terminateOnNan: true, callbacks: notes }).fit(module, loader(5));
    await expect(run).rejects.toMatchObject({
      code: "LIT_ANOMALY",
      message: expect.stringContaining("The loss is not finite at epoch 0, batch 2 (global step 2). Received NaN."),
    });
    expect(module.seen).toBe(3);
    expect([...module.layer.weight.dataSync()]).toEqual(weights.at(-1));
    expect(terminal.warnings).toEqual([]);
  });

  it("and gradients that are not, are found by detectAnomaly in manual optimization", async () => {
    class Explodes extends TwoOptimizers {
      override async trainingStep([x]: BoringBatch): Promise<undefined> {
        // The value is 0, its derivative is not finite.
        await this.manualBackward(this.loss(this.forward(x)).mul(0).sqrt());
      }
    }
    await expect(makeTrainer({ detectAnomaly: true }).fit(new Explodes(), loader(2))).rejects.toMatchObject({
      hook: "Explodes.trainingStep",
      cause: { code: "LIT_ANOMALY", message: expect.stringContaining("The gradient of layer.weight is not finite") },
    });
  });
});

describe("a monitored metric that is not finite", () => {
  class Logs extends BoringModel {
    override trainingStep(batch: BoringBatch, batchIdx: number) {
      this.log("score", Number.NaN, { onEpoch: true });
      return super.trainingStep(batch, batchIdx);
    }
  }
  const monitors = () => new EarlyStopping({ monitor: "score", checkFinite: false, checkOnTrainEpochEnd: true });

  it("is warned of once", async () => {
    expect(await warningsOf(new Logs(), { callbacks: monitors() })).toEqual([
      "Warning: The monitored metric score is NaN at the end of epoch 0 (global step 3). Training goes on. detectAnomaly: true finds the loss or gradient that it begins with, terminateOnNan: true ends the run there.",
    ]);
  });

  it("is no reason to say anything where nobody monitors it", async () => {
    expect(await warningsOf(new Logs())).toEqual([]);
  });

  it("ends the run where terminateOnNan says so", async () => {
    const run = makeTrainer({ terminateOnNan: true, callbacks: monitors() }).fit(new Logs(), loader(2));
    await expect(run).rejects.toThrow("The metric score is not finite at the end of epoch 0");
  });

  it("is found by a scheduler that waits for it", async () => {
    class Plateau extends Logs {
      override configureOptimizers() {
        const optimizer = new optim.SGD(this.parameters(), { lr: 0.1 });
        return { optimizer, lrScheduler: new optim.lrScheduler.ReduceLROnPlateau(optimizer), monitor: "score" };
      }
    }
    expect(await warningsOf(new Plateau())).toEqual([
      expect.stringContaining("The monitored metric score is NaN at the end of epoch 0"),
    ]);
  });
});
