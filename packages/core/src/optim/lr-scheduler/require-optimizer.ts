import { describeValue } from "../../errors/describe-value.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";

/** @throws MisconfigurationError for what callers without types put in the optimizer's place */
export function requireOptimizer(owner: string, optimizer: unknown): void {
  // Wrapped ones, and those of another copy of this library, are no instances.
  if (typeof optimizer === "object" && optimizer !== null && "paramGroups" in optimizer) return;
  throw new MisconfigurationError({
    message: `${owner} takes the optimizer first.`,
    expected: `an optimizer, then the options: new ${owner}(optimizer, { … })`,
    received: describeValue(optimizer),
  });
}

/** @throws MisconfigurationError for what is no list */
export function requireList(owner: string, name: string, list: unknown): void {
  if (Array.isArray(list)) return;
  throw new MisconfigurationError({
    message: `${owner}'s ${name} are no list.`,
    expected: `${name}: [ … ]`,
    received: describeValue(list),
  });
}
