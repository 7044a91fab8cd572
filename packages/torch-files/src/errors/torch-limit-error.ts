import { TorchFileError, type TorchFileErrorOptions } from "./torch-file-error.js";

/** A file that would take more memory than its size explains. */
export class TorchLimitError extends TorchFileError {
  constructor(options: TorchFileErrorOptions) {
    super({ ...options, code: "LIT_TORCH_FILE_LIMIT" });
    this.name = "TorchLimitError";
  }
}
