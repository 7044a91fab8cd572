import { MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import type { ClipGradNormOptions } from "../strategies/clip-options.js";

/** Exactly one of the two limits. */
export interface ClipGradientsOptions extends ClipGradNormOptions {
  /** Every gradient element is cut off at plus and minus this value. */
  readonly clipVal?: number | undefined;
  /** The norm of all gradients together is at most this. */
  readonly maxNorm?: number | undefined;
}

export type ClipRequest =
  | { readonly by: "value"; readonly limit: number }
  | { readonly by: "norm"; readonly limit: number; readonly options: ClipGradNormOptions };

/** @throws MisconfigurationError for both limits, neither, or one that is not above 0 */
export function clipRequest(options: ClipGradientsOptions = {}): ClipRequest {
  rejectUnknownOptions("clipGradients", options, ["clipVal", "maxNorm", "normType", "errorIfNonfinite"]);
  const { clipVal, maxNorm, normType, errorIfNonfinite } = options;
  if (clipVal !== undefined && maxNorm !== undefined)
    throw clipError("Both clipVal and maxNorm are given.", "only one of them.");
  if (clipVal !== undefined) return { by: "value", limit: positive("clipVal", clipVal) };
  if (maxNorm !== undefined)
    return {
      by: "norm",
      limit: positive("maxNorm", maxNorm),
      options: { normType: normType ?? 2, errorIfNonfinite: errorIfNonfinite ?? true },
    };
  throw clipError(
    "Neither clipVal nor maxNorm is given.",
    "clipVal to clip each element, or maxNorm to clip the norm.",
  );
}

function positive(name: string, value: number): number {
  if (value > 0) return value;
  throw clipError(`${name} is ${String(value)}.`, "a number above 0.");
}

function clipError(message: string, tryThis: string): MisconfigurationError {
  return new MisconfigurationError({ code: "LIT_CLIP", message: `Gradients cannot be clipped. ${message}`, tryThis });
}
