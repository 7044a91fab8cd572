import type { PrecisionName, TrainingBackend } from "@lightning-ts/core";
import { UnsupportedPrecisionError } from "../errors/unsupported-precision-error.js";
import { FullPrecision } from "./full-precision.js";

/**
 * A precision that tfjs has no number format for (float64, float16 and bfloat16 tensors): `connect` says so and names
 * those that exist.
 */
export class UnavailablePrecision extends FullPrecision {
  override readonly name: PrecisionName;

  constructor(name: PrecisionName) {
    super();
    this.name = name;
  }

  override connect(backend: TrainingBackend): void {
    throw new UnsupportedPrecisionError(this.name, backend.name, backend.capabilities.precisions);
  }
}
