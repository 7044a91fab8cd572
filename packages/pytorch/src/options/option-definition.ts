/** A kind of value: which values an option takes, and what the plan makes of one. */
export interface OptionKind<TValue, TPlanned = TValue> {
  /** Which values these are, in words that follow "expected": for messages and the documentation. */
  readonly words: string;
  /** The value as the plan holds it; `undefined` for one that is not of this kind. */
  readonly parse: (value: unknown) => TPlanned | undefined;
  /** Says what a value means that is easily meant differently. */
  readonly note?: (value: unknown) => string | undefined;
  /** For the compiler only, and never there: the type of such an option in `TrainerOptions`. */
  readonly valueType?: TValue;
}

/** All that there is to know about an option, apart from its type, which stands in `TrainerOptions`. */
export type OptionDefinition<TValue = unknown> = {
  readonly kind: OptionKind<TValue, unknown>;
  /** What the option does; also its doc comment. */
  readonly help: string;
  /** No text can give such a value: neither an environment variable nor a command line. */
  readonly isCodeOnly?: true;
} & (
  | { readonly default: TValue }
  /** What happens where the option is not given, in words: nothing, or what depends on other options. */
  | { readonly unset: string }
);

/** The default as it stands in the documentation. */
export function defaultInWords(definition: OptionDefinition): string {
  return "unset" in definition ? definition.unset : `\`${JSON.stringify(definition.default)}\``;
}
