import type { PrecisionName, TrainingBackend } from "@lightning-ts/core";
import { UnsupportedPrecisionError } from "../errors/unsupported-precision-error.js";
import { FullPrecision } from "./full-precision.js";

/** A precision that no backend has, because tfjs has no float64: `connect` says so and names those that exist. */
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
