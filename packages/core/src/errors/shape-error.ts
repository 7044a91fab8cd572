import { LightningError } from "./lightning-error.js";

/** A tensor has a shape or dtype that an operation cannot use. */
export class ShapeError extends LightningError {
  /** The shapes that the message speaks of, first the one that does not fit. */
  readonly shapes: readonly (readonly number[])[];
  /** Which layer refused it, by its path in the model and its class: `encoder.0 (Linear)`. */
  readonly layer: string | undefined;
  readonly #details: ShapeErrorDetails;

  constructor(details: ShapeErrorDetails, layer?: string) {
    super({
      code: "LIT_SHAPE",
      ...details,
      message: layer === undefined ? details.message : `${layer}: ${details.message}`,
    });
    this.#details = details;
    this.layer = layer;
    this.shapes = details.shapes.map((shape) => [...shape]);
  }

  /** The same error, which says in which layer it happened. */
  in(layer: string): ShapeError {
    return new ShapeError(this.#details, layer);
  }
}

export interface ShapeErrorDetails {
  readonly message: string;
  readonly expected: string;
  readonly received: string;
  readonly tryThis?: string | undefined;
  readonly shapes: readonly (readonly number[])[];
  readonly cause?: unknown;
}

/** A shape as it is shown in errors: `[64, 10]`. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
