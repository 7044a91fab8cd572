import { LightningError } from "./lightning-error.js";

/** A backend that was asked for cannot run on this machine. */
export class BackendUnavailableError extends LightningError {
  /** The name that was asked for. */
  readonly backend: string;
  /** The command that makes it available. */
  readonly install: string | undefined;

  constructor(options: {
    readonly backend: string;
    readonly reason: string;
    readonly install?: string | undefined;
    readonly cause?: unknown;
  }) {
    super({
      code: "LIT_BACKEND_UNAVAILABLE",
      message: `The backend "${options.backend}" is not available: ${options.reason}`,
      tryThis:
        options.install === undefined
          ? 'another backend, or "auto".'
          : `${options.install}, or use the backend "auto".`,
      cause: options.cause,
    });
    this.backend = options.backend;
    this.install = options.install;
  }
}
