import { classNameOf } from "../../errors/class-name.js";
import { refusePromise } from "../../tree/refuse-promise.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import type { BatchIndices, Sampler, SamplerState } from "./sampler.js";

export interface BatchSamplerOptions {
  /** @default 1 */
  readonly batchSize?: number | undefined;
  /** Leave out a last batch that is smaller. @default false */
  readonly dropLast?: boolean | undefined;
}

/**
 * Takes the indices of a sampler in groups of `batchSize`.
 * @example
 * ```ts
 * import { BatchSampler, SequentialSampler } from "@lightning-ts/core";
 *
 * const batches = new BatchSampler(new SequentialSampler({ length: 5 }), { batchSize: 2 });
 * console.log([...batches.batches()]); // [0, 1], [2, 3], [4]
 * ```
 */
export class BatchSampler implements BatchIndices {
  readonly sampler: Sampler;
  readonly batchSize: number;
  readonly dropLast: boolean;

  constructor(sampler: Sampler, options: BatchSamplerOptions = {}) {
    rejectUnknownOptions("BatchSampler", options, ["batchSize", "dropLast"]);
    this.sampler = sampler;
    this.batchSize = options.batchSize ?? 1;
    this.dropLast = options.dropLast ?? false;
    if (!Number.isInteger(this.batchSize) || this.batchSize < 1) {
      throw new MisconfigurationError({
        message: "Batches cannot have this size.",
        expected: "batchSize as a positive integer",
        received: String(this.batchSize),
      });
    }
  }

  get length(): number {
    const batches = this.sampler.length / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  *batches(): Iterable<readonly number[]> {
    let batch: number[] = [];
    for (const index of refusePromise(this.sampler.indices(), `${classNameOf(this.sampler)}.indices`)) {
      batch.push(index);
      if (batch.length < this.batchSize) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0 && !this.dropLast) yield batch;
  }

  setEpoch(epoch: number): void {
    refusePromise(this.sampler.setEpoch?.(epoch), `${classNameOf(this.sampler)}.setEpoch`);
  }

  state(): SamplerState {
    return this.sampler.state?.() ?? {};
  }

  restore(state: SamplerState): void {
    return this.sampler.restore?.(state);
  }
}
