import { describeValue, MisconfigurationError, nearestName } from "@lightning-ts/core";

const NO_TPU = "processors and GPUs compute here; leave accelerator out, and the fastest there is will be used";
const NO_PROCESSES =
  "this version trains in one process on one device; leave strategy out, or pass a Strategy object of your own";

/** Names that Lightning's users try, and what stands in for them here. */
const ADVICE_FOR_LIGHTNING_NAMES: ReadonlyMap<string, string> = new Map([
  ["accelerator tpu", NO_TPU],
  ...["ddp_spawn", "ddp_fork", "ddp_notebook", "dp", "deepspeed", "xla"].map(
    (name) => [`strategy ${name}`, NO_PROCESSES] as const,
  ),
]);

/**
 * @returns the error for an option whose value is a name that nobody knows; it suggests the nearest one, or says what
 * stands in for a name of Lightning's
 */
export function unknownNameError(option: string, received: unknown, known: readonly string[]): MisconfigurationError {
  const nearest = typeof received === "string" ? nearestName(received, known) : undefined;
  const advice = ADVICE_FOR_LIGHTNING_NAMES.get(`${option} ${String(received)}`);
  return new MisconfigurationError({
    code: "LIT_UNKNOWN_NAME",
    message: `There is no ${option} ${describeValue(received)}.`,
    expected: `one of ${known.map((name) => `"${name}"`).join(", ")}, or an object`,
    tryThis: advice ?? (nearest === undefined ? undefined : `${option}: "${nearest}"`),
  });
}
