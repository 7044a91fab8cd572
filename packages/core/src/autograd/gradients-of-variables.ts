import type { Tensor, Variable } from "@tensorflow/tfjs-core";

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

const owners = new WeakMap<Variable, object>();

/** Stands for the place of a variable's gradient, as the variable itself stands for that of its value. */
export function gradOwnerOf(variable: Variable): object {
  let owner = owners.get(variable);
  if (owner === undefined) owners.set(variable, (owner = {}));
  return owner;
}
