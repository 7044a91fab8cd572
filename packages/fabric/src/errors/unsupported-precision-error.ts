import { LightningError, type PrecisionName } from "@lightning-ts/core";

/** The backend does not compute in the precision that was asked for. */
export class UnsupportedPrecisionError extends LightningError {
  readonly backend: string;
  readonly precision: PrecisionName;
  readonly available: readonly PrecisionName[];

  constructor(precision: PrecisionName, backendName: string, available: readonly PrecisionName[]) {
    super({
      code: "LIT_PRECISION",
      message: `The backend "${backendName}" does not compute in precision "${precision}".`,
      expected: `one of ${available.join(", ")}`,
      received: precision,
      tryThis: `precision: "${available.includes("bf16-mixed") && precision.startsWith("bf16") ? "bf16-mixed" : (available[0] ?? "32-true")}"`,
    });
    this.backend = backendName;
    this.precision = precision;
    this.available = available;
  }
}
