import { DataLoader, optim } from "@lightning-ts/core";
import { BoringModel, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { LightningModule } from "../../contract/lightning-module.js";
import { quietTrainer } from "../../trainer/quiet-trainer-under-test.js";

const fit = (model: LightningModule) =>
  quietTrainer({ maxEpochs: 1, limitTrainBatches: 2 }).fit(model, new DataLoader(randomDataset({ length: 4 })));

class Manual extends BoringModel {
  override automaticOptimization = false;

  sgd(part: "weight" | "bias") {
    const parameter = this.layer[part];
    return new optim.SGD(parameter === undefined ? [] : [parameter], { lr: 0.1 });
  }
}

describe("the optimizer of a run", () => {
  it("is the optimizer, with all that it has, and steps count", async () => {
    class One extends Manual {
      override configureOptimizers() {
        return this.sgd("weight");
      }
      override async trainingStep(batch: Parameters<BoringModel["trainingStep"]>[0]) {
        const optimizer = this.optimizers();
        expect(optimizer).toBeInstanceOf(optim.SGD);
        expect(optimizer).toBe(this.optimizers());
        optimizer.zeroGrad();
        await this.manualBackward(this.loss(this.layer.forward(batch[0])));
        const before = this.globalStep;
        await optimizer.step();
        expect(this.globalStep).toBe(before + 1);
        const [group] = optimizer.paramGroups;
        if (group !== undefined) group.lr = 0.01;
        expect(optimizer.optimizer.paramGroups[0]?.lr).toBe(0.01);
        if (before === 0) {
          optimizer.addParamGroup({ params: this.layer.bias === undefined ? [] : [this.layer.bias], lr: 0.5 });
          const state = optimizer.stateDict();
          expect(state.param_groups.map(({ lr }) => lr)).toEqual([0.01, 0.5]);
          expect(() => optimizer.loadStateDict(state)).not.toThrow();
        }
        expect(new optim.lrScheduler.StepLR(optimizer, { stepSize: 1 }).getLastLr()).toHaveLength(2);
      }
    }
    const { steps } = await fit(new One());
    expect(steps).toBe(2);
  });

  it("is alone where there is one, also out of a list, and in a list where there are several", async () => {
    const seen: unknown[] = [];
    class Listed extends Manual {
      override configureOptimizers() {
        return [[this.sgd("weight")], []];
      }
      override trainingStep() {
        seen.push(Array.isArray(this.optimizers()), this.lrSchedulers());
      }
    }
    class Two extends Manual {
      override configureOptimizers() {
        return [this.sgd("weight"), this.sgd("bias")];
      }
      override trainingStep() {
        const [first, second] = this.optimizers();
        seen.push(first.optimizer === second.optimizer, this.optimizers().length);
      }
    }
    await fit(new Listed());
    await fit(new Two());
    expect(seen).toEqual([false, undefined, false, undefined, false, 2, false, 2]);
  });
});

describe("the scheduler of a run", () => {
  it("is alone where there is one", async () => {
    const seen: unknown[] = [];
    class Scheduled extends Manual {
      override configureOptimizers() {
        const optimizer = this.sgd("weight");
        return {
          optimizer,
          lrScheduler: { scheduler: new optim.lrScheduler.StepLR(optimizer, { stepSize: 1 }), interval: "step" },
        };
      }
      override trainingStep() {
        seen.push(this.lrSchedulers().getLastLr());
        this.lrSchedulers().step();
      }
    }
    await fit(new Scheduled());
    expect(seen).toEqual([[0.1], [expect.closeTo(0.01)]]);
  });

  it("is refused for an interval that nobody knows", async () => {
    class Misspelt extends BoringModel {
      override configureOptimizers() {
        const optimizer = new optim.SGD(this.parameters(), { lr: 0.1 });
        return {
          optimizer,
          lrScheduler: { scheduler: new optim.lrScheduler.StepLR(optimizer, { stepSize: 1 }), interval: "steps" },
        };
      }
    }
    await expect(fit(new Misspelt())).rejects.toThrow(/interval of StepLR is unknown/);
  });
});

describe("training one optimizer's parameters", () => {
  class Toggles extends Manual {
    readonly seen: unknown[] = [];

    override configureOptimizers() {
      return [this.sgd("weight"), this.sgd("bias")];
    }
    trains() {
      return [this.layer.weight.requiresGrad, this.layer.bias?.requiresGrad];
    }
  }

  it("lasts as long as what it is for, with promises and failures too", async () => {
    class Model extends Toggles {
      override async trainingStep() {
        const [weight, bias] = this.optimizers();
        this.seen.push(
          weight.toggleModel(() => this.trains()),
          this.trains(),
        );
        this.seen.push(await bias.toggleModel(async () => (await Promise.resolve(), this.trains())), this.trains());
        this.seen.push(this.toggledOptimizer(weight, () => this.trains()));
        expect(() =>
          weight.toggleModel(() => {
            throw new Error("a step that fails");
          }),
        ).toThrow("a step that fails");
        this.seen.push(
          weight.toggleModel(() => this.trains(), { syncGrad: false }),
          this.trains(),
        );
      }
    }
    const model = new Model();
    await fit(model);
    const [weight, bias, both] = [
      [true, false],
      [false, true],
      [true, true],
    ];
    expect(model.seen.slice(0, 7)).toEqual([weight, both, bias, both, weight, weight, both]);
  });
});
