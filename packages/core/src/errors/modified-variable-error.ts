import { LightningError } from "./lightning-error.js";

/** A variable was assigned between the forward that used it and this backward, whose gradient would mix two values. */
export class ModifiedVariableError extends LightningError {
  /** The operation that used the variable. */
  readonly kernelName: string;
  /** The variable's. */
  readonly shape: readonly number[];

  constructor({ kernelName, shape }: { readonly kernelName: string; readonly shape: readonly number[] }) {
    super({
      code: "LIT_MODIFIED_VARIABLE",
      message: `A variable of shape [${shape.join(", ")}] that ${kernelName} used was changed after the forward and before this backward.`,
      tryThis:
        "call backward before optimizer.step(), or compute the loss again after the step. The forward of an AveragedModel " +
        "changes the model's variables for a while: call it before the model's own, in noGrad(). A buffer that the step " +
        "itself changes, such as a queue of keys, is used through a copy: buffer.clone().",
    });
    this.kernelName = kernelName;
    this.shape = shape;
  }
}
