import { LightningError } from "./lightning-error.js";

/** `backward` or `grad` found nothing to differentiate. */
export class NoGradientError extends LightningError {
  /** The operation that has none; undefined where no operation is the reason. */
  readonly kernelName: string | undefined;

  constructor(options: {
    readonly message: string;
    readonly expected?: string;
    readonly received?: string;
    readonly tryThis: string;
    readonly kernelName?: string;
    readonly cause?: unknown;
  }) {
    super({ code: "LIT_NO_GRADIENT", ...options });
    this.kernelName = options.kernelName;
  }
}
