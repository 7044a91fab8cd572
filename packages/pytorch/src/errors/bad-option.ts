import { describeValue, MisconfigurationError } from "@lightning-ts/core";

/** The error for an option whose value has no meaning. @param owner the class that was given it */
export function badOption(owner: string, option: string, expected: string, received: unknown): MisconfigurationError {
  return new MisconfigurationError({
    message: `${owner} cannot use this ${option}.`,
    expected,
    received: describeValue(received),
  });
}
