import type { Tensor } from "@tensorflow/tfjs-core";

/** The gradient of a kernel's one output. */
export function only(dy: Tensor | Tensor[]): Tensor {
  return present(Array.isArray(dy) ? dy[0] : dy);
}

/** What a kernel saved for its gradient, which is there by its `inputsToSave` and `outputsToSave`. */
export function present(saved: Tensor | undefined): Tensor {
  if (saved === undefined) throw new RangeError("a saved tensor is missing");
  return saved;
}
