import { classNameOf, describeValue, MisconfigurationError } from "@lightning-ts/core";

/**
 * What a callback's or data module's `stateDict` gave.
 * @throws MisconfigurationError unless it is an object with names
 */
export function requireState(owner: object, state: unknown): Record<string, unknown> {
  if (isRecord(state)) return state;
  throw new MisconfigurationError({
    code: "LIT_STATE",
    message: `${classNameOf(owner)}.stateDict gave something that cannot be kept under names.`,
    expected: "an object of plain values and tensors; {} for nothing",
    received: describeValue(state),
  });
}

function isRecord(state: unknown): state is Record<string, unknown> {
  return typeof state === "object" && state !== null && !Array.isArray(state) && !(state instanceof Map);
}
