import { MisconfigurationError } from "@lightning-ts/core";

/** What metrics without options may be given, so that all of them can be made alike. */
export type NoOptions = Readonly<Record<string, never>>;

/** @throws MisconfigurationError where something was given */
export function refuseOptions(owner: string, options: object): void {
  const given = Object.keys(options);
  if (given.length === 0) return;
  throw new MisconfigurationError({
    code: "LIT_UNKNOWN_OPTION",
    message: `${owner} has no options.`,
    expected: "none, or an empty object",
    received: given.join(", "),
  });
}
