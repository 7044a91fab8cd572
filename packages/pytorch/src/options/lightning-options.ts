/**
 * Options of Lightning's Trainer that ask for what always happens here. They are accepted, so that a program can be
 * carried over with them in place.
 */
export interface LightningOnlyOptions {
  /** No effect: every run is deterministic, the same seed gives the same bits. */
  readonly deterministic?: boolean | "warn" | undefined;
  /** No effect: there are no kernels to choose by trying them. */
  readonly benchmark?: false | undefined;
  /** No effect: evaluation never records gradients. */
  readonly inferenceMode?: true | undefined;
  /** No effect: nothing is advertised. */
  readonly suggestIntegrations?: false | undefined;
}

/** An option of Lightning's Trainer that this one does not have. */
export interface LightningOption<TValue = unknown> {
  /** Values that ask for what happens anyway: accepted silently. */
  readonly neutral: readonly TValue[];
  /** For any other value: why there is no need for it, or what to do instead. */
  readonly advice: string;
}

/** Options of Lightning's Trainer that this one does not have. */
export const LIGHTNING_OPTIONS = {
  deterministic: { neutral: [true, false, "warn"], advice: "every run is: the same seed gives the same bits" },
  benchmark: { neutral: [false], advice: "there is nothing to tune: leave it out" },
  inferenceMode: { neutral: [true], advice: "evaluation never records gradients: leave it out" },
  suggestIntegrations: { neutral: [false], advice: "there is no advertising to switch on: leave it out" },
  modelRegistry: { neutral: [], advice: "pass a path as ckptPath" },
} satisfies {
  readonly [TName in keyof LightningOnlyOptions]-?: LightningOption<NonNullable<LightningOnlyOptions[TName]>>;
} & Readonly<Record<"modelRegistry", LightningOption>>;
