import { LightningError } from "@lightning-ts/core";

interface MlflowErrorOptions {
  /** What was asked for, without credentials. */
  readonly request: string;
  /** What came back, or why nothing did. */
  readonly received: string;
  readonly tryThis: string;
  readonly cause?: unknown;
  /** The status of the answer, where there was one. */
  readonly status?: number | undefined;
}

/** A tracking server of MLflow did not do what it was asked for. */
export class MlflowError extends LightningError {
  readonly status: number | undefined;

  constructor({ request, received, tryThis, cause, status }: MlflowErrorOptions) {
    super({
      code: "LIT_MLFLOW",
      message: `MLflow: ${request} failed.`,
      received,
      tryThis,
      ...(cause === undefined ? {} : { cause }),
    });
    this.status = status;
  }
}
