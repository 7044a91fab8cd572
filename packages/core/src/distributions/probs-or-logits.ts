import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../errors/reject-unknown-options.js";
import type { Value } from "./broadcast.js";
import type { DistributionOptions } from "./distribution.js";

/** Probabilities or their logarithms, one of both. */
export interface ProbsOrLogits<TValue extends Value> extends DistributionOptions {
  readonly probs?: TValue | undefined;
  readonly logits?: TValue | undefined;
}

export type Given<TValue> =
  | { readonly name: "probs"; readonly value: TValue }
  | { readonly name: "logits"; readonly value: TValue };

/** @throws MisconfigurationError when both are given, or none */
export function probsOrLogits<TValue extends Value>(owner: string, options: ProbsOrLogits<TValue>): Given<TValue> {
  rejectUnknownOptions(owner, options, ["probs", "logits", "validateArgs"]);
  const { probs, logits } = options;
  if (probs !== undefined && logits === undefined) return { name: "probs", value: probs };
  if (logits !== undefined && probs === undefined) return { name: "logits", value: logits };
  throw new MisconfigurationError({
    code: "LIT_DISTRIBUTION",
    message: `${owner} needs probs or logits.`,
    expected: "one of both",
    received: probs === undefined ? "none" : "both",
  });
}

/** Half a step of float32 around 1: probabilities are kept this far from 0 and 1 where their logarithm is taken. */
export const PROBABILITY_EPSILON = 2 ** -23;
