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
