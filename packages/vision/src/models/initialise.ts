import { nn } from "@lightning-ts/core";

/** Draws the weights of all convolutions for the ReLU behind them, as seen from their outputs. */
export function initialiseConvolutions(model: nn.Module): void {
  for (const module of model.modules()) {
    if (!(module instanceof nn.Conv2d)) continue;
    nn.init.kaimingNormal(module.weight, { mode: "fanOut", nonlinearity: "relu" });
    if (module.bias !== undefined) nn.init.zeros(module.bias);
  }
}

/** Makes all normalizations of batches and of groups start as plain ones. */
export function initialiseNorms(model: nn.Module): void {
  for (const module of model.modules()) {
    if (!(module instanceof nn.BatchNorm2d) && !(module instanceof nn.GroupNorm)) continue;
    if (module.weight !== undefined) nn.init.ones(module.weight);
    if (module.bias !== undefined) nn.init.zeros(module.bias);
  }
}
