import { LightningError, type LightningErrorOptions } from "./lightning-error.js";

/**
 * Something was set up in a way that cannot work: an option, a missing method, two settings that exclude each other.
 */
export class MisconfigurationError extends LightningError {
  constructor(options: Omit<LightningErrorOptions, "code"> & { readonly code?: string | undefined }) {
    super({ ...options, code: options.code ?? "LIT_MISCONFIGURATION" });
  }
}
