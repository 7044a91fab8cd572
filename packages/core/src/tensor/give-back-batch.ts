import { reuseBatch } from "../data/batch-memory.js";
import { copiesValues } from "./engine-internals/shared-values.js";

/**
 * Says that nobody looks at a host batch any more, because it is on the device: its loader writes a later one into its
 * arrays. Nothing happens to batches that do not come from `lendBatches`, and on backends that keep the arrays they
 * get.
 */
export function giveBackBatch(batch: unknown): void {
  if (copiesValues()) reuseBatch(batch);
}
