import { type Module, nn } from "@lightning-ts/core";

/**
 * Puts `SyncBatchNorm` in the place of a module's batch norms, with the same parameters and statistics, as
 * `Trainer({ syncBatchnorm: true })` asks for during a fit. Returns what puts the layers of before back.
 */
export function synchronizeNorms(module: Module): () => void {
  const before = childrenIn(module);
  nn.SyncBatchNorm.convertSyncBatchnorm(module);
  return () => {
    for (const [holder, children] of before)
      for (const [name, now] of holder.namedChildren()) {
        const layer = children.get(name);
        if (layer === undefined || layer === now || !(now instanceof nn.SyncBatchNorm)) continue;
        layer.training = now.training;
        holder.setSubmodule(name, layer);
      }
  };
}

function childrenIn(module: Module): readonly (readonly [holder: Module, children: ReadonlyMap<string, Module>])[] {
  return module.modules().map((holder) => [holder, new Map(holder.namedChildren())] as const);
}
