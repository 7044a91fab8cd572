import { describeValue } from "../errors/describe-value.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { refuseMore } from "../errors/refuse-more.js";
import { rejectUnknownOptions } from "../errors/reject-unknown-options.js";

/** A number by its place, or all numbers of a function by their names in PyTorch. */
export type NumberOrNamed<TName extends string> = number | { readonly [TKey in TName]?: number | undefined };

/**
 * The numbers of a function that fills a tensor, by place or by name: `init.normal(w, { std: 0.02 })` is
 * `init.normal(w, 0, 0.02)`.
 * @param given what came, in the order of `defaults`
 * @throws MisconfigurationError for another name, and for what is no number
 */
export function namedNumbers<TName extends string>(
  owner: string,
  given: readonly (NumberOrNamed<TName> | undefined)[],
  defaults: Readonly<Record<TName, number>>,
): Readonly<Record<TName, number>> {
  const names = Object.keys(defaults);
  const [first] = given;
  const byName = typeof first === "object" ? first : undefined;
  if (byName !== undefined) {
    rejectUnknownOptions(`init.${owner}`, byName, names);
    refuseMore(`init.${owner}`, given.slice(1));
  }
  const chosen: Record<string, unknown> = { ...defaults };
  names.forEach((name, i) => {
    const value: unknown = byName === undefined ? given[i] : new Map<string, unknown>(Object.entries(byName)).get(name);
    if (value !== undefined) chosen[name] = value;
    if (typeof chosen[name] !== "number" || Number.isNaN(chosen[name])) throw noNumber(owner, name, chosen[name]);
  });
  return { ...defaults, ...chosen };
}

function noNumber(owner: string, name: string, value: unknown): MisconfigurationError {
  return new MisconfigurationError({
    message: `init.${owner}: ${name} is no number.`,
    expected: `${name} as a number, by its place or by its name`,
    received: describeValue(value),
  });
}
