import { describeValue } from "../errors/describe-value.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../errors/reject-unknown-options.js";

/** A number as PyTorch's users write it: by its place, or by its name in an object of options. */
export type NumberOr<TName extends string> = number | { readonly [TKey in TName]?: number | undefined };

/**
 * The value of an argument that has a place and a name: `new nn.LeakyReLU(0.2)` is
 * `new nn.LeakyReLU({ negativeSlope: 0.2 })`.
 * @throws MisconfigurationError for other options, and for what is no number
 */
export function namedOrFirst<TName extends string>(
  owner: string,
  argument: NumberOr<TName> | undefined,
  name: TName,
  byDefault: number,
): number {
  if (typeof argument === "number" || argument === undefined) return argument ?? byDefault;
  rejectUnknownOptions(owner, argument, [name]);
  const value = argument[name] ?? byDefault;
  if (typeof value === "number") return value;
  throw new MisconfigurationError({
    message: `${owner}: ${name} is no number.`,
    expected: `a number, or { ${name}: a number }`,
    received: describeValue(value),
  });
}
