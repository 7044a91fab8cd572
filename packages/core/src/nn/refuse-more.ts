import { describeValue } from "../errors/describe-value.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";

/**
 * Throws when a layer is given more arguments than it takes, which callers without types can do.
 * @throws MisconfigurationError
 */
export function refuseMore(owner: string, more: readonly unknown[]): void {
  if (more.every(isEmpty)) return;
  throw new MisconfigurationError({
    code: "LIT_UNKNOWN_OPTION",
    message: `${owner} takes fewer arguments.`,
    expected: "no argument behind the last one that it has",
    received: more.map(received).join(", "),
    tryThis:
      more[0] === true || more[0] === false ? "leave out PyTorch's inplace: no tensor is changed here." : undefined,
  });
}

/** Options that ask for nothing. */
function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

function received(value: unknown): string {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? `options ${Object.keys(value).join(", ")}`
    : describeValue(value);
}

/**
 * Throws when a function without options is given some. Other arguments pass: `tensors.map(F.relu)` gives an index.
 * @throws MisconfigurationError
 */
export function refuseOptions(owner: string, more: readonly unknown[]): void {
  for (const argument of more)
    if (typeof argument === "object" && argument !== null && !Array.isArray(argument)) refuseMore(owner, [argument]);
}
