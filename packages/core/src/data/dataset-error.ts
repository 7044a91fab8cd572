import { LightningError } from "../errors/lightning-error.js";

/** A dataset failed to give an item; `cause` is what it threw. */
export class DatasetError extends LightningError {
  readonly index: number | undefined;

  constructor(options: {
    readonly message: string;
    readonly index?: number | undefined;
    readonly expected?: string;
    readonly received?: string;
    readonly tryThis?: string;
    readonly cause?: unknown;
  }) {
    super({ ...options, code: "LIT_DATASET" });
    this.index = options.index;
  }

  /** Wraps what a `collate`, or `dataset.getBatch`, threw. */
  static ofBatch(indices: readonly number[], cause: unknown): DatasetError {
    const shown = indices.length > 8 ? `${indices.slice(0, 8).join(", ")}, …` : indices.join(", ");
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new DatasetError({ message: `The batch of the indices ${shown} could not be made. ${reason}`, cause });
  }

  /** Wraps what `dataset.get(index)` threw. */
  static atIndex(index: number, cause: unknown): DatasetError {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    return new DatasetError({ message: `The dataset failed at index ${index}. ${reason}`, index, cause });
  }
}

/** @throws DatasetError unless 0 <= index < length */
export function checkIndex(index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  throw new DatasetError({
    message: "There is no item with this index.",
    expected: `an integer from 0 to ${length - 1}`,
    received: String(index),
  });
}
