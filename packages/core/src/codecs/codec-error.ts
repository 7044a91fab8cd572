import { LightningError } from "../errors/lightning-error.js";

/** Bytes or text that are not what they claim to be, or a value that the format cannot hold. */
export class CodecError extends LightningError {
  constructor(options: {
    readonly message: string;
    readonly expected?: string | undefined;
    readonly received?: string | undefined;
    readonly tryThis?: string | undefined;
    readonly cause?: unknown;
  }) {
    super({ ...options, code: "LIT_CODEC" });
  }
}
