import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import { TensorPlace } from "../tensor/engine-internals/rollback-of-backend.js";

const gradients = new WeakMap<Variable, Tensor>();

/** The gradient accumulated for a variable (a `Parameter`, or one of a `tf.LayersModel`), or null. */
export function gradOf(variable: Variable): Tensor | null {
  return gradients.get(variable) ?? null;
}

/** Replaces a variable's gradient: the new one is kept out of every scope, the old one is disposed. */
export function setGrad(variable: Variable, gradient: Tensor | null): void {
  const old = gradients.get(variable);
  if (old === gradient) return;
  if (gradient === null) {
    gradients.delete(variable);
  } else {
    gradient.kept = true;
    gradients.set(variable, gradient);
  }
  old?.dispose();
}

const places = new WeakMap<Variable, TensorPlace>();

/** Where a variable's gradient stands. */
export function gradPlaceOf(variable: Variable): TensorPlace {
  let place = places.get(variable);
  if (place === undefined)
    places.set(variable, (place = new TensorPlace(variable.shape, (before) => setGrad(variable, before))));
  return place;
}
