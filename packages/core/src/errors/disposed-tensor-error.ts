import { LightningError } from "./lightning-error.js";

/** A tensor was used after it was freed, usually because the batch or step that made it has ended. */
export class DisposedTensorError extends LightningError {
  constructor() {
    super({
      code: "LIT_TENSOR_DISPOSED",
      message: "Tensor is disposed: the scope (batch, step) that it was made in has ended, or dispose() was called.",
      tryThis:
        "keep(tensor) what must outlive its scope and dispose it yourself, or keep(detach(tensor)) when no gradient is needed; log numbers with item(tensor) or this.log().",
    });
  }
}
