import { describeValue, isPlainObject, MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";

/** By the joint norm of all gradients, or each of their values. */
export type ClippingAlgorithm = "norm" | "value";

/** What `clipGradients` takes by name, as Lightning's examples do. */
export interface ClipGradientsOptions {
  /** The largest norm or value; 0 clips nothing. @default the Trainer's */
  readonly gradientClipVal?: number | undefined;
  /** @default the Trainer's, else "norm" */
  readonly gradientClipAlgorithm?: ClippingAlgorithm | undefined;
}

/**
 * Reads `clipGradients(optimizer, value?, algorithm?)` and `clipGradients(optimizer, options)`.
 * @throws MisconfigurationError for anything else than a number, and for another algorithm
 */
export function readClipping(first: unknown, second: unknown): ClipGradientsOptions {
  if (isPlainObject(first)) {
    rejectUnknownOptions("clipGradients", first, ["gradientClipVal", "gradientClipAlgorithm"]);
    const { gradientClipVal, gradientClipAlgorithm } = first;
    return checked(gradientClipVal, gradientClipAlgorithm ?? second);
  }
  return checked(first, second);
}

function checked(value: unknown, algorithm: unknown): ClipGradientsOptions {
  if (value !== undefined && (typeof value !== "number" || Number.isNaN(value)))
    throw refused("gradientClipVal", "a number, or { gradientClipVal, gradientClipAlgorithm }", value);
  if (algorithm !== undefined && algorithm !== "norm" && algorithm !== "value")
    throw refused("gradientClipAlgorithm", '"norm" or "value"', algorithm);
  return { gradientClipVal: value, gradientClipAlgorithm: algorithm };
}

function refused(name: string, expected: string, received: unknown): MisconfigurationError {
  return new MisconfigurationError({
    message: `clipGradients(): ${name} is not usable.`,
    expected,
    received: describeValue(received),
  });
}
