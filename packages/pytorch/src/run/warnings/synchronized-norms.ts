import { MisconfigurationError, nn } from "@lightning-ts/core";
import type { LightningModule } from "../../contract/lightning-module.js";

/**
 * Looks whether a model needs statistics of several ranks' batches, which nobody gathers yet.
 * @throws MisconfigurationError where there are several ranks and a `SyncBatchNorm`
 */
export function refuseSynchronizedNorms(module: LightningModule, worldSize: number): void {
  if (worldSize === 1) return;
  const found = module.namedModules().find(([, layer]) => layer instanceof nn.SyncBatchNorm);
  if (found === undefined) return;
  throw new MisconfigurationError({
    message: `${found[0]} is a SyncBatchNorm, and this version does not gather statistics of several ranks' batches.`,
    expected: "one rank, where it is a batch norm",
    received: `${worldSize} ranks`,
    tryThis: "nn.BatchNorm2d with each rank's own statistics, or nn.GroupNorm, which needs no others.",
  });
}
