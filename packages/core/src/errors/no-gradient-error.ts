import { LightningError } from "./lightning-error.js";

/** `backward` or `grad` found nothing to differentiate. */
export class NoGradientError extends LightningError {
  constructor(options: {
    readonly message: string;
    readonly expected?: string;
    readonly received?: string;
    readonly tryThis: string;
    readonly cause?: unknown;
  }) {
    super({ code: "LIT_NO_GRADIENT", ...options });
  }
}
