import { MisconfigurationError, Module, nn, type RankExchange } from "@lightning-ts/core";
import type { Collective } from "../collectives/collective.js";
import type { TrainableModule } from "../precision/trainable.js";

/** The `SyncBatchNorm`s of set-up modules, which compute with the other ranks as long as they are connected. */
export class NormsOfRanks {
  readonly #modules = new Set<TrainableModule>();
  readonly #connected = new Set<nn.SyncBatchNorm>();

  add(module: TrainableModule): void {
    this.#modules.add(module);
  }

  /** Connects those that are not yet. */
  connect(collective: Collective): void {
    if (collective.worldSize === 1) return;
    const ranks = exchangeOver(collective);
    for (const [name, norm] of this.#norms()) {
      if (norm.isConnected) continue;
      norm.connectRanks({ ranks, name: `${name} (SyncBatchNorm)` });
      this.#connected.add(norm);
    }
  }

  /** Lets each compute alone again. */
  disconnect(): void {
    for (const norm of this.#connected) norm.connectRanks();
    this.#connected.clear();
  }

  /** @throws MisconfigurationError for one that came into its model too late, and has computed alone */
  requireConnected(): void {
    const alone = this.#norms().find(([, norm]) => !norm.isConnected && norm.training);
    if (alone === undefined) return;
    throw new MisconfigurationError({
      code: "LIT_RANKS",
      message: `${alone[0]} is a SyncBatchNorm that computes with this rank's batches alone.`,
      expected: "one that was in the model when that was set up",
      received: "one that came later",
      tryThis: "nn.SyncBatchNorm.convertSyncBatchnorm(model) before fabric.setup(model).",
    });
  }

  #norms(): [name: string, norm: nn.SyncBatchNorm][] {
    return [...this.#modules].flatMap((module) => (module instanceof Module ? normsIn(module) : []));
  }
}

function normsIn(module: Module): [name: string, norm: nn.SyncBatchNorm][] {
  return module
    .namedModules()
    .flatMap(([name, layer]) => (layer instanceof nn.SyncBatchNorm ? [[name === "" ? "the model" : name, layer]] : []));
}

/** Blocks, as a forward that nobody can await has to. */
function exchangeOver(collective: Collective): RankExchange {
  const { rank, worldSize } = collective;
  return {
    rank,
    worldSize,
    sum: (values, name) => collective.allReduce(values, { name, op: "sum" }).join(),
    gather: (values, name) => {
      const all = new Float32Array(worldSize * values.length);
      collective.allGather(values, all, { name }).join();
      return all;
    },
  };
}
