import { LightningError } from "./lightning-error.js";

/** The norm of the gradients is NaN or infinite. */
export class NonFiniteGradientError extends LightningError {
  readonly norm: number;

  constructor(norm: number) {
    super({
      code: "LIT_NON_FINITE_GRADIENT",
      message: "The gradients cannot be clipped: their norm is not finite.",
      received: `a norm of ${norm}`,
      tryThis:
        "lower the learning rate, look for log(0) or division by 0 in the loss, or set { errorIfNonfinite: false }.",
    });
    this.norm = norm;
  }
}
