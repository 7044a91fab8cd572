import { describeValue } from "../errors/describe-value.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";

/**
 * Throws for an option of another kind than its usual value: a text in the place of a number, a number in the place of
 * two. What is undefined or null by default may be anything here.
 * @throws MisconfigurationError
 */
export function checkKinds(owner: string, usual: object, given: object): void {
  const values = new Map<string, unknown>(Object.entries(given));
  for (const [name, byDefault] of Object.entries(usual)) {
    const value = values.get(name);
    if (!values.has(name) || isOfKind(value, byDefault)) continue;
    throw new MisconfigurationError({
      message: `${owner}'s ${name} is not usable.`,
      expected: kindOf(byDefault),
      received: describeValue(value),
    });
  }
}

function isOfKind(value: unknown, usual: unknown): boolean {
  if (Array.isArray(usual)) return Array.isArray(value) && value.length === usual.length;
  return typeof usual === "number" || typeof usual === "boolean" ? typeof value === typeof usual : true;
}

function kindOf(usual: unknown): string {
  if (Array.isArray(usual)) return `a list of ${usual.length}, such as ${JSON.stringify(usual)}`;
  return typeof usual === "number" ? `a number, such as ${usual}` : "true or false";
}
