import { EngineError } from "./engine-error.js";

/** ONNX Runtime's library, or the way to call it, is missing on this machine. */
export class EngineUnavailableError extends EngineError {
  /** The command that makes it available. */
  readonly install: string | undefined;

  constructor(options: { readonly reason: string; readonly install?: string | undefined; readonly cause?: unknown }) {
    super({ code: "LIT_ENGINE_UNAVAILABLE", message: options.reason, tryThis: options.install, cause: options.cause });
    this.install = options.install;
  }
}
