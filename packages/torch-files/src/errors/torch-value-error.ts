import { TorchFileError, type TorchFileErrorOptions } from "./torch-file-error.js";

/** A value that a file of `torch.save` cannot hold, or that is not what its reader needs. */
export class TorchValueError extends TorchFileError {
  constructor(options: TorchFileErrorOptions) {
    super({ ...options, code: "LIT_TORCH_VALUE" });
    this.name = "TorchValueError";
  }
}
