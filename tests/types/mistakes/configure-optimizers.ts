import { LightningModule, optim } from "lightning-ts";

export class ReturnsNumber extends LightningModule {
  // error, at most 3 lines: Type 'number' is not assignable to type 'ConfiguredOptimizers'.
  override configureOptimizers() {
    return 0.1;
  }
}

export class ReturnsName extends LightningModule {
  // error, at most 3 lines: Type 'string' is not assignable to type 'ConfiguredOptimizers'.
  override configureOptimizers() {
    return "adam";
  }
}

export class MisspellsOptimizer extends LightningModule {
  // error, at most 3 lines: Type '{ optimiser: …Adam; }' is not assignable to type 'ConfiguredOptimizers'.
  override configureOptimizers() {
    return { optimiser: new optim.Adam(this.parameters()) };
  }
}

export class ReturnsList extends LightningModule {
  // error, at most 5 lines: Type 'number' is not assignable to type 'OptimizersEntry'.
  override configureOptimizers() {
    return [0.1];
  }
}

export class ReturnsListOfNumbers extends LightningModule {
  // error, at most 7 lines: Type 'number' is not assignable to type 'OptimizerOrScheduler'.
  override configureOptimizers() {
    return [[0.1]];
  }
}

export class MisspellsScheduler extends LightningModule {
  // error, at most 8 lines: Type '{ schedular: …StepLR; }' is not assignable to type 'OptimizerOrScheduler'.
  override configureOptimizers() {
    const optimizer = new optim.SGD(this.parameters(), { lr: 0.1 });
    return [[optimizer], [{ schedular: new optim.lrScheduler.StepLR(optimizer, { stepSize: 1 }) }]];
  }
}

export class MistakesNumberForScheduler extends LightningModule {
  // error, at most 9 lines: Type 'number' is not assignable to type 'LRSchedulerLike'.
  override configureOptimizers() {
    return { optimizer: new optim.SGD(this.parameters(), { lr: 0.1 }), lrScheduler: { scheduler: 3 } };
  }
}
