import type { LentBatches } from "../data/lent-batches.js";
import { copiesValues } from "./engine-internals/shared-values.js";

/**
 * Says that nobody has seen or will see a host batch that `batches` gave, because it is on the device: its loader
 * writes a later one into its arrays. Nothing happens to batches of anybody else, and on backends that keep the arrays
 * they get.
 */
export function giveBackBatch(batches: LentBatches<unknown>, batch: unknown): void {
  if (copiesValues()) batches.reuse(batch);
}
