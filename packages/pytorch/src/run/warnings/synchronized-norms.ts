import { MisconfigurationError, nn } from "@lightning-ts/core";
import type { LightningModule } from "../../contract/lightning-module.js";

/**
 * Looks, once the strategy has set up a model, whether it lets ranks compute a `SyncBatchNorm` together.
 * @throws MisconfigurationError where there are several ranks and it does not
 */
export function requireSynchronizedNorms(
  module: LightningModule,
  { name, worldSize }: { readonly name: string; readonly worldSize: number },
): void {
  if (worldSize === 1) return;
  const found = module.namedModules().find(([, layer]) => layer instanceof nn.SyncBatchNorm && !layer.isConnected);
  if (found === undefined) return;
  throw new MisconfigurationError({
    message: `${found[0]} is a SyncBatchNorm, and the strategy ${JSON.stringify(name)} does not connect it with other ranks.`,
    expected: "a strategy that calls connectRanks on it, as ddp does, or one rank",
    received: `${worldSize} ranks`,
    tryThis: "nn.BatchNorm2d with each rank's own statistics, or nn.GroupNorm, which needs no others.",
  });
}
