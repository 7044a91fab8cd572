import { LightningError } from "./lightning-error.js";

/** A tensor has a shape or dtype that an operation cannot use. */
export class ShapeError extends LightningError {
  constructor(options: {
    readonly message: string;
    readonly expected: string;
    readonly received: string;
    readonly tryThis?: string | undefined;
  }) {
    super({ code: "LIT_SHAPE", ...options });
  }
}

/** A shape as it is shown in errors: `[64, 10]`. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
