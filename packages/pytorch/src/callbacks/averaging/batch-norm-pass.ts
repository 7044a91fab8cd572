import type { nn } from "@lightning-ts/core";
import { isBatchNorm } from "../finetuning/modules.js";

type BatchNorm = nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d;

/** The batch norms of a model while their statistics are computed anew, as the mean over all batches of an epoch. */
export class BatchNormPass {
  readonly #momenta: ReadonlyMap<BatchNorm, BatchNorm["momentum"]>;

  /** @param isNew whether the statistics begin at nothing, and not where a checkpoint has them */
  constructor(module: nn.Module, { isNew }: { readonly isNew: boolean }) {
    const norms = batchNormsOf(module);
    this.#momenta = new Map(norms.map((norm) => [norm, norm.momentum]));
    for (const norm of norms) {
      if (isNew) norm.resetRunningStats();
      norm.momentum = "cumulative";
    }
  }

  /** Gives the batch norms their own momenta back. */
  end(): void {
    for (const [norm, momentum] of this.#momenta) norm.momentum = momentum;
  }
}

/** The batch norms of a model that keep statistics. */
export function batchNormsOf(module: nn.Module): BatchNorm[] {
  return module.modules().filter((one): one is BatchNorm => isBatchNorm(one) && one.runningMean !== undefined);
}
