import { MisconfigurationError } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";

/** What looking at a batch gave. */
export interface BatchSize {
  readonly size: number;
  /** Its parts have different first dimensions; the first one found counts. */
  readonly isAmbiguous: boolean;
}

/**
 * The first dimension of the first tensor in a batch; scalars count as 1.
 * @throws MisconfigurationError when there is no tensor in it
 */
export function batchSizeOf(batch: unknown): BatchSize {
  const sizes: number[] = [];
  collectSizes(batch, sizes);
  const [size] = sizes;
  if (size === undefined) {
    throw new MisconfigurationError({
      code: "LIT_BATCH_SIZE",
      message: "The size of this batch cannot be told, and the mean over an epoch needs it.",
      tryThis: "log(name, value, { batchSize: … }).",
    });
  }
  return { size, isAmbiguous: sizes.some((other) => other !== size) };
}

function collectSizes(value: unknown, sizes: number[]): void {
  if (value instanceof Tensor) sizes.push(value.shape[0] ?? 1);
  else if (typeof value === "number") sizes.push(1);
  else if (ArrayBuffer.isView(value) || typeof value !== "object" || value === null) return;
  else if (Array.isArray(value)) for (const part of value) collectSizes(part, sizes);
  else if (value instanceof Map) for (const part of value.values()) collectSizes(part, sizes);
  else if ("shape" in value && Array.isArray(value.shape))
    sizes.push(typeof value.shape[0] === "number" ? value.shape[0] : 1);
  else for (const part of Object.values(value)) collectSizes(part, sizes);
}
