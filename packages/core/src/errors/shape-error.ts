import { LightningError } from "./lightning-error.js";

/** A tensor has a shape or dtype that an operation cannot use. */
export class ShapeError extends LightningError {
  /** The shapes that the message speaks of, first the one that does not fit. */
  readonly shapes: readonly (readonly number[])[];

  constructor(options: {
    readonly message: string;
    readonly expected: string;
    readonly received: string;
    readonly tryThis?: string | undefined;
    readonly shapes: readonly (readonly number[])[];
  }) {
    super({ code: "LIT_SHAPE", ...options });
    this.shapes = options.shapes.map((shape) => [...shape]);
  }
}

/** A shape as it is shown in errors: `[64, 10]`. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
