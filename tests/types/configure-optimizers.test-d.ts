import { F, LightningModule, type LightningOptimizer, nn, optim, type tf } from "lightning-ts";
import { expectTypeOf } from "vitest";

type Batch = [x: tf.Tensor2D, y: tf.Tensor1D];

abstract class Net extends LightningModule<Batch> {
  readonly layer = new nn.Linear(4, 2);

  override trainingStep([x, y]: Batch) {
    return F.crossEntropy(this.layer.forward(x), y);
  }
  adam() {
    return new optim.Adam(this.parameters());
  }
  sgd() {
    return new optim.SGD(this.parameters(), { lr: 0.1 });
  }
}

const halve = (optimizer: optim.Optimizer) => new optim.lrScheduler.StepLR(optimizer, { stepSize: 1, gamma: 0.5 });
const plateau = (optimizer: optim.Optimizer) => new optim.lrScheduler.ReduceLROnPlateau(optimizer);

// All of Lightning's forms, as a method without a return type has them.
class One extends Net {
  override configureOptimizers() {
    return this.adam();
  }
  override onTrainStart() {
    const optimizer = this.optimizers();
    optimizer.zeroGrad();
    const [group] = optimizer.paramGroups;
    expectTypeOf(group?.betas).toEqualTypeOf<readonly [number, number] | undefined>();
  }
}
expectTypeOf(new One().optimizers()).toEqualTypeOf<LightningOptimizer<optim.Adam>>();
expectTypeOf(new One().lrSchedulers()).toEqualTypeOf<undefined>();
class Later extends Net {
  override async configureOptimizers() {
    await Promise.resolve();
    return this.adam();
  }
}
expectTypeOf(new Later().optimizers()).toEqualTypeOf<LightningOptimizer<optim.Adam>>();
class Several extends Net {
  override configureOptimizers() {
    return [this.adam(), this.sgd()];
  }
  override async onTrainStart() {
    const [first, second, third] = this.optimizers();
    first.zeroGrad();
    await second.step();
    third?.zeroGrad();
  }
}
class Lists extends Net {
  override configureOptimizers() {
    const optimizer = this.adam();
    return [[optimizer], [halve(optimizer)]];
  }
  override onTrainStart() {
    this.optimizers().zeroGrad();
    this.lrSchedulers().step();
  }
}
class TwoOfEach extends Net {
  override configureOptimizers() {
    const [adam, sgd] = [this.adam(), this.sgd()];
    return [
      [adam, sgd],
      [halve(adam), plateau(sgd)],
    ];
  }
  override onTrainStart() {
    const [first, second] = this.lrSchedulers();
    first.step();
    second.step(0.5);
  }
}
class ListsOfConfigs extends Net {
  override configureOptimizers() {
    const optimizer = this.adam();
    return [[optimizer], [{ scheduler: halve(optimizer), interval: "step", frequency: 2 }]];
  }
}
class OneScheduler extends Net {
  override configureOptimizers() {
    const optimizer = this.adam();
    return [[optimizer], halve(optimizer)];
  }
}
class Config extends Net {
  override configureOptimizers() {
    const optimizer = this.sgd();
    return { optimizer, lrScheduler: { scheduler: halve(optimizer), interval: "step" } };
  }
}
expectTypeOf(new Config().optimizers()).toEqualTypeOf<LightningOptimizer<optim.SGD>>();
expectTypeOf(new Config().lrSchedulers()).toEqualTypeOf<optim.lrScheduler.StepLR>();
class BareScheduler extends Net {
  override configureOptimizers() {
    const optimizer = this.sgd();
    return { optimizer, lrScheduler: plateau(optimizer), monitor: "val_loss" };
  }
}
expectTypeOf(new BareScheduler().lrSchedulers()).toEqualTypeOf<optim.lrScheduler.ReduceLROnPlateau>();
class Configs extends Net {
  override configureOptimizers() {
    const optimizer = this.adam();
    const lrScheduler = { scheduler: plateau(optimizer), monitor: "val_loss", strict: false };
    return [{ optimizer, lrScheduler }, { optimizer: this.sgd() }];
  }
  override onTrainStart() {
    const [first, second] = this.optimizers();
    first.zeroGrad();
    second.zeroGrad();
    this.lrSchedulers().step(0.5);
  }
}
class EachWithItsOwn extends Net {
  override configureOptimizers() {
    return [this.adam(), this.sgd()].map((optimizer) => ({ optimizer, lrScheduler: halve(optimizer) }));
  }
  override onTrainStart() {
    const [first, second] = this.lrSchedulers();
    first.step();
    second.step();
  }
}
class Nothing extends Net {
  override configureOptimizers() {}
}
class OfTfjs extends Net {
  declare optimizer: tf.Optimizer;
  override configureOptimizers() {
    return this.optimizer;
  }
  override onTrainStart() {
    this.optimizers().zeroGrad();
  }
}
// What makes an optimizer may be told the module: its type is known without the one of its optimizers.
const makeFor = (module: Net) => module.adam();
class Told extends Net {
  override configureOptimizers() {
    return makeFor(this);
  }
}
expectTypeOf(new Told().optimizers()).toEqualTypeOf<LightningOptimizer<optim.Adam>>();
const modules = [One, Later, Several, Lists, TwoOfEach, ListsOfConfigs, OneScheduler, Config, BareScheduler, Configs];
expectTypeOf([EachWithItsOwn, Nothing]).toExtend<(new () => Net)[]>();
expectTypeOf(modules).toExtend<(new () => Net)[]>();
expectTypeOf([OfTfjs, Told]).toExtend<(new () => LightningModule)[]>();

// The optimizer of a run is the optimizer, with more.
declare const optimizer: LightningOptimizer<optim.SGD>;
declare const any: LightningOptimizer;
expectTypeOf(optimizer).toExtend<optim.SGD>();
expectTypeOf(optimizer).toExtend<LightningOptimizer>();
expectTypeOf(any).toExtend<optim.Optimizer>();
expectTypeOf(optimizer.optimizer).toEqualTypeOf<optim.SGD>();
expectTypeOf(optimizer.step()).toEqualTypeOf<void | Promise<void>>();
expectTypeOf(optimizer.toggleModel(() => 3)).toEqualTypeOf<number>();
optimizer.addParamGroup({ params: [], lr: 0.1, momentum: 0.9 });
any.addParamGroup({ params: [], lr: 0.1, name: "head" });
halve(optimizer).step();
optimizer.loadStateDict(optimizer.stateDict());
declare const plain: optim.Optimizer;
plain.addParamGroup({ params: [], lr: 0.1 });
