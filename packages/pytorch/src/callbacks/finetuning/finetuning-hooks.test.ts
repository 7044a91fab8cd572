import { nn, type Optimizer, optim, tf } from "@lightning-ts/core";
import { BoringModel } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import { BackboneFinetuning, type BackboneFinetuningOptions } from "./backbone-finetuning.js";
import { BaseFinetuning } from "./base-finetuning.js";
import { filterParams, flattenModules, freeze, makeTrainable } from "./modules.js";
import { readSavedTraining, restoreTraining, savedTraining } from "./saved-training.js";

class Net extends BoringModel {
  readonly backbone = new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm1d(3));
  readonly head = new nn.Linear(3, 1);
}

/** A module that has parameters and children. */
class Scaled extends nn.Module {
  readonly scale = nn.Parameter.fromData([1], [1]);
  readonly inner = new nn.Linear(1, 1);

  override forward(x: tf.Tensor): tf.Tensor {
    return tf.mul(this.inner.forward(x), this.scale);
  }
}

const moduleOf = (net: nn.Module): LightningModule => Object(net);
const sgd = (parameters: nn.Parameter[], lr = 0.5) => new optim.SGD(parameters, { lr });

/** As much of a Trainer as the callbacks look at. */
function trainerOf(optimizers: readonly Optimizer[], currentEpoch = 0) {
  const said: string[] = [];
  const trainer: Trainer = Object({ optimizers, currentEpoch, say: (text: string) => void said.push(text) });
  return { trainer, said };
}

describe("modules that are frozen", () => {
  const norms = () => [new nn.BatchNorm1d(1), new nn.BatchNorm2d(1), new nn.BatchNorm3d(1)];

  it("get no gradients, and batch norms go on training unless that is switched off", () => {
    for (const norm of norms()) {
      const linear = new nn.Linear(1, 1);
      const trained = () => [norm, linear].map((one) => one.parameters().map(({ requiresGrad }) => requiresGrad));
      freeze([linear, [norm]]);
      expect([trained(), norm.trackRunningStats]).toEqual([
        [
          [true, true],
          [false, false],
        ],
        true,
      ]);
      freeze([linear, norm], { trainBn: false });
      expect([trained(), norm.trackRunningStats]).toEqual([
        [
          [false, false],
          [false, false],
        ],
        false,
      ]);
      makeTrainable([norm]);
      expect([trained(), norm.trackRunningStats]).toEqual([
        [
          [true, true],
          [false, false],
        ],
        true,
      ]);
      expect(Object.keys(linear)).not.toContain("trackRunningStats");
    }
  });

  it("are found with their parents' own parameters, each once", () => {
    const scaled = new Scaled();
    const sequential = new nn.Sequential(scaled, new nn.ReLU());
    expect(flattenModules([sequential, scaled]).map((module) => module.constructor.name)).toEqual([
      "Scaled",
      "Linear",
      "ReLU",
    ]);
    expect(filterParams(sequential)).toEqual([scaled.scale, ...scaled.inner.parameters()]);
  });

  it("have parameters that are trained or not, with those of batch norms or without", () => {
    const [linear, norm] = [new nn.Linear(1, 1), new nn.BatchNorm1d(1)];
    expect(filterParams([linear, norm])).toEqual([...linear.parameters(), ...norm.parameters()]);
    expect(filterParams([linear, norm], {})).toHaveLength(4);
    expect(filterParams([linear, norm], { trainBn: false })).toEqual(linear.parameters());
    freeze([linear]);
    expect(filterParams([linear, norm])).toEqual(norm.parameters());
    expect(filterParams([linear, norm], { requiresGrad: false })).toEqual(linear.parameters());
  });
});

describe("unfreezing", () => {
  it("adds the parameters that the optimizer lacks, with a tenth of the first group's rate", () => {
    const net = new Net();
    const optimizer = sgd(net.head.parameters());
    BaseFinetuning.unfreezeAndAddParamGroup([net.head, net.backbone], optimizer);
    expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([0.5, 0.05]);
    expect(optimizer.paramGroups[1]?.params).toEqual(net.backbone.parameters());
    BaseFinetuning.unfreezeAndAddParamGroup(net.backbone, optimizer);
    expect(optimizer.paramGroups).toHaveLength(2);
  });

  it("leaves batch norms out where it is told to, and takes a rate or a divisor", () => {
    const net = new Net();
    const [own, divided] = [sgd(net.head.parameters()), sgd(net.head.parameters())];
    BaseFinetuning.unfreezeAndAddParamGroup(net.backbone, own, { lr: 0.3, trainBn: false });
    BaseFinetuning.unfreezeAndAddParamGroup(net.backbone, divided, { initialDenomLr: 5 });
    expect(own.paramGroups[1]).toMatchObject({ lr: 0.3, params: net.backbone.parameters().slice(0, 2) });
    expect(divided.paramGroups[1]?.lr).toBe(0.1);
  });
});

/** Notes when it is asked. */
class Noting extends BaseFinetuning {
  readonly epochs: number[] = [];
  override freezeBeforeTraining(): void {}
  override finetuneFunction(_module: LightningModule, epoch: number) {
    this.epochs.push(epoch);
  }
}

describe("BaseFinetuning", () => {
  it("refuses methods that are asynchronous, by their names", () => {
    class Late extends Noting {
      override freezeBeforeTraining() {
        return Promise.resolve() as never;
      }
      override finetuneFunction() {
        return Promise.resolve() as never;
      }
    }
    const net = new Net();
    const { trainer } = trainerOf([sgd(net.parameters())]);
    expect(() => new Late().setup(trainer, moduleOf(net))).toThrow(/Late\.freezeBeforeTraining/);
    expect(() => new Late().onTrainEpochStart(trainer, moduleOf(net))).toThrow(/Late\.finetuneFunction/);
  });

  it("is asked for each optimizer, and remembers what is trained", () => {
    const net = new Net();
    const { trainer } = trainerOf([sgd(net.head.parameters()), sgd(net.backbone.parameters())], 3);
    const finetuning = new Noting();
    expect(finetuning.stateDict()).toEqual({});
    finetuning.onTrainEpochStart(trainer, moduleOf(net));
    expect([finetuning.epochs, finetuning.stateDict()]).toEqual([
      [3, 3],
      { ...savedTraining(trainer.optimizers, net) },
    ]);
  });

  it("restores what a checkpoint held when a fit starts: once, and not without a checkpoint", () => {
    const [before, net] = [new Net(), new Net()];
    freeze(before.backbone);
    const finetuning = new Noting();
    const { trainer } = trainerOf([sgd(net.parameters())]);
    const trained = () => net.parameters().filter(({ requiresGrad }) => requiresGrad).length;
    const all = trained();
    finetuning.onTrainEpochStart(trainerOf([sgd(before.parameters())]).trainer, moduleOf(before));
    finetuning.onFitStart(trainer, moduleOf(net));
    expect(trained()).toBe(all);
    finetuning.loadStateDict(finetuning.stateDict());
    finetuning.onFitStart(trainer, moduleOf(net));
    expect(trained()).toBe(all - 2);
    makeTrainable(net);
    finetuning.onFitStart(trainer, moduleOf(net));
    expect(trained()).toBe(all);
    new Noting().onFitStart(trainer, moduleOf(net));
    expect(trained()).toBe(all);
  });

  it("is kept under the callbacks' names", () => {
    class Named extends Noting {
      static override readonly stateName = BaseFinetuning.stateName;
    }
    expect([new Named().stateKey, new BackboneFinetuning().stateKey]).toEqual(["BaseFinetuning", "BackboneFinetuning"]);
  });
});

describe("what a run trains", () => {
  const saved = (net: Net, optimizer: Optimizer) => savedTraining([optimizer], net);

  it("is known by names, also of batch norms that keep their statistics", () => {
    const net = new Net();
    freeze(net.backbone, { trainBn: false });
    const stranger = nn.Parameter.fromData([1], [1]);
    expect(saved(net, sgd([...net.head.parameters(), stranger]))).toEqual({
      internal_optimizer_metadata: [[{ params: ["head.weight", "head.bias"] }]],
      trainable_parameters: ["layer.weight", "layer.bias", "head.weight", "head.bias"],
      frozen_statistics: ["backbone.1"],
    });
    makeTrainable(net.backbone);
    expect(saved(net, sgd(net.head.parameters()))).toMatchObject({ frozen_statistics: [] });
  });

  it("comes back: groups, parameters and statistics, of names that are still there", () => {
    const net = new Net();
    const [first, second] = [sgd([net.layer.weight]), sgd(net.layer.parameters())];
    const state = {
      internal_optimizer_metadata: [[{ params: ["head.weight"] }, { params: ["backbone.0.weight", "gone"] }]],
      trainable_parameters: ["head.weight", "backbone.0.weight"],
      frozen_statistics: ["backbone.1"],
    };
    restoreTraining(state, [first, second], net);
    expect(first.paramGroups.map(({ params }) => params)).toEqual([[net.head.weight], [net.backbone.parameters()[0]]]);
    expect(second.paramGroups.map(({ params }) => params)).toEqual([net.layer.parameters()]);
    expect(savedTraining([first], net)).toMatchObject({
      trainable_parameters: ["backbone.0.weight", "head.weight"],
      frozen_statistics: ["backbone.1"],
    });
    expect(Object.keys(net.head)).not.toContain("trackRunningStats");
    restoreTraining({ ...state, frozen_statistics: [] }, [first], net);
    expect(savedTraining([first], net).frozen_statistics).toEqual([]);
  });

  const good = {
    internal_optimizer_metadata: [[{ params: ["a"] }]],
    trainable_parameters: ["a"],
    frozen_statistics: [],
  };

  it("is read from a state that is one", () => {
    expect(readSavedTraining(new Noting(), good)).toEqual(good);
  });

  it.each([
    { internal_optimizer_metadata: undefined },
    { internal_optimizer_metadata: {} },
    { internal_optimizer_metadata: [{ every: () => true }] },
    { internal_optimizer_metadata: [[{ params: ["a"] }], "b"] },
    { internal_optimizer_metadata: [[{ params: ["a"] }, { params: [1] }]] },
    { internal_optimizer_metadata: [[{ params: "a" }]] },
    { internal_optimizer_metadata: [["a"]] },
    { internal_optimizer_metadata: [[Object.assign(["a"], { params: ["a"] })]] },
    { trainable_parameters: "a" },
    { trainable_parameters: ["a", 1] },
    { frozen_statistics: undefined },
    { frozen_statistics: [undefined, "a"] },
  ])("is refused in a state with %j", (changes) => {
    expect(() => readSavedTraining(new Noting(), { ...good, ...changes })).toThrow(
      expect.objectContaining({
        code: "LIT_CKPT_KEY",
        message: expect.stringMatching(
          /^The checkpoint has no readable state of Noting\. Expected groups of parameter names for each optimizer, and the names of what is trained\. Received ./,
        ),
      }),
    );
  });
});

describe("the backbone's rate", () => {
  /** Rates of the backbone in the epochs, and what is printed. */
  function ratesOf(options: BackboneFinetuningOptions, epochs: readonly number[], state?: Record<string, unknown>) {
    const [net, finetuning] = [new Net(), new BackboneFinetuning(options)];
    const optimizer = sgd(net.head.parameters());
    const { trainer, said } = trainerOf([optimizer]);
    finetuning.setup(trainer, moduleOf(net));
    if (state !== undefined) finetuning.loadStateDict(state);
    const rates = epochs.map((epoch) => {
      finetuning.finetuneFunction(moduleOf(net), epoch, optimizer);
      return optimizer.paramGroups[1]?.lr;
    });
    return { rates, said, kept: finetuning.stateDict()["previous_backbone_lr"], optimizer };
  }

  it("grows by what the function says for the epoch after, until it is the head's", () => {
    const asked: number[] = [];
    const lambdaFunc = (epoch: number) => {
      asked.push(epoch);
      return 3;
    };
    const options = { unfreezeBackboneAtEpoch: 1, backboneInitialLr: 0.125, lambdaFunc };
    const { rates, said, kept } = ratesOf(options, [0, 1, 2, 3]);
    expect([rates, asked, said, kept]).toEqual([[undefined, 0.125, 0.375, 0.5], [3, 4], [], 0.5]);
    expect(ratesOf({ ...options, shouldAlign: false }, [1, 2, 3]).rates).toEqual([0.125, 0.375, 1.125]);
  });

  it("is a tenth of the head's at first, from the tenth epoch on, and doubles", () => {
    expect(ratesOf({}, [9, 10, 11]).rates).toEqual([undefined, 0.05, 0.1]);
    expect(ratesOf({ unfreezeBackboneAtEpoch: 0, backboneInitialRatioLr: 0.5 }, [0]).rates).toEqual([0.25]);
    const trained = (trainBn?: boolean) =>
      ratesOf({ unfreezeBackboneAtEpoch: 0, trainBn }, [0]).optimizer.paramGroups[1]?.params.length;
    expect([trained(), trained(false)]).toEqual([4, 2]);
  });

  it("is printed with as many digits as asked for", () => {
    const options = { unfreezeBackboneAtEpoch: 0, backboneInitialLr: 1 / 3, verbose: true };
    expect(ratesOf(options, [0]).said).toEqual(["Current lr: 0.5, Backbone lr: 0.333333333333"]);
    expect(ratesOf({ ...options, rounding: 0 }, [0]).said).toEqual(["Current lr: 1, Backbone lr: 0"]);
    const quiet = new BackboneFinetuning(options);
    const net = new Net();
    expect(() => quiet.finetuneFunction(moduleOf(net), 0, sgd(net.head.parameters()))).not.toThrow();
  });

  it("stays away while nothing was unfrozen, and goes on from a checkpoint's", () => {
    const options = { unfreezeBackboneAtEpoch: 1 };
    const state = { internal_optimizer_metadata: [], trainable_parameters: [], frozen_statistics: [] };
    for (const lr of [null, "0.1"]) {
      const { rates, kept, optimizer } = ratesOf(options, [2], { ...state, previous_backbone_lr: lr });
      expect([rates, kept, optimizer.paramGroups[0]?.lr]).toEqual([[undefined], null, 0.5]);
    }
    const own = { ...options, shouldAlign: false };
    const resumed = ratesOf(own, [0, 2], { ...state, previous_backbone_lr: 0.125 });
    expect([resumed.kept, resumed.optimizer.paramGroups[0]?.lr]).toEqual([0.25, 0.25]);
  });

  it("has options that are checked", () => {
    for (const unfreezeBackboneAtEpoch of [-1, 1.5])
      expect(() => new BackboneFinetuning({ unfreezeBackboneAtEpoch })).toThrow(
        `BackboneFinetuning cannot unfreeze at this epoch. Expected a whole number of at least 0. Received ${unfreezeBackboneAtEpoch}.`,
      );
    expect(() => new BackboneFinetuning({ epoch: 1 } as BackboneFinetuningOptions)).toThrow(
      'BackboneFinetuning has no option "epoch". Expected one of unfreezeBackboneAtEpoch, lambdaFunc, backboneInitialRatioLr, backboneInitialLr, shouldAlign, trainBn, verbose, rounding.',
    );
  });

  it("needs a module with a backbone", () => {
    expect(() => new BackboneFinetuning().freezeBeforeTraining(moduleOf(new BoringModel()))).toThrow(
      "BackboneFinetuning found no backbone in BoringModel. Expected a module in the field backbone. Received undefined.",
    );
    const net = new Net();
    new BackboneFinetuning().freezeBeforeTraining(moduleOf(net));
    expect(tf.util.sizeFromShape(net.backbone.parameters()[0]?.shape ?? [])).toBe(6);
    expect(net.backbone.parameters().map(({ requiresGrad }) => requiresGrad)).toEqual([false, false, true, true]);
  });
});
