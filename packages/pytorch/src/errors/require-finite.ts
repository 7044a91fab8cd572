import { LightningError } from "@lightning-ts/core";

/** @throws LightningError when a number is NaN or infinite. @param position where the run is, for the message */
export function requireFinite(what: string, value: number, position: string): void {
  if (Number.isFinite(value)) return;
  throw new LightningError({
    code: "LIT_ANOMALY",
    message: `The ${what} is not finite at ${position}.`,
    received: String(value),
    tryThis: "a smaller learning rate, gradientClipVal, or look for log(0) and divisions by zero.",
  });
}
