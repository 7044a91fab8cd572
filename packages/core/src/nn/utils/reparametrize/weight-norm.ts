import { refuseMore } from "../../../errors/refuse-more.js";
import { Parameter } from "../../../autograd/parameter.js";
import { MisconfigurationError } from "../../../errors/misconfiguration-error.js";
import { tf } from "../../../tensor/tf.js";
import type { Module } from "../../module.js";
import { computeField, defineField, parameterOf, restoreField } from "./computed-field.js";

/**
 * Splits a parameter into its length and its direction: `weight` becomes `weight_g · weight_v / ‖weight_v‖`, and the
 * two are learned. Make the optimizer afterwards. Returns the module.
 * @param dim lengths are of the slices along it; null for one length of all. @default 0
 */
export function weightNorm<TModule extends Module>(
  module: TModule,
  name = "weight",
  dim: number | null = 0,
  ...more: readonly never[]
): TModule {
  refuseMore("weightNorm", more);
  const weight = parameterOf("weightNorm", module, name);
  Reflect.deleteProperty(module, name);
  const g = lengthsOf(weight, dim);
  defineField(module, `${name}_g`, g);
  defineField(module, `${name}_v`, weight);
  computeField(module, name, () => normalized(g, weight, dim));
  return module;
}

/** Makes the product a parameter again. Returns the module. */
export function removeWeightNorm<TModule extends Module>(
  module: TModule,
  name = "weight",
  ...more: readonly never[]
): TModule {
  refuseMore("removeWeightNorm", more);
  const [g, v]: unknown[] = [Reflect.get(module, `${name}_g`), Reflect.get(module, `${name}_v`)];
  const value: unknown = Reflect.get(module, name);
  if (!(g instanceof Parameter) || !(v instanceof Parameter) || !(value instanceof tf.Tensor))
    throw new MisconfigurationError({
      message: `"${name}" of ${module.constructor.name} has no weight norm.`,
      expected: `a module that weightNorm was called with`,
      received: module
        .namedParameters()
        .map(([known]) => known)
        .join(", "),
    });
  for (const field of [name, `${name}_g`, `${name}_v`]) Reflect.deleteProperty(module, field);
  restoreField(module, name, value);
  for (const part of [g, v]) part.dispose();
  return module;
}

/** The lengths of a parameter's slices, as a parameter. */
export function lengthsOf(weight: Parameter, dim: number | null): Parameter {
  return tf.tidy(() => {
    const lengths = lengthAlong(weight, dim);
    return Parameter.fromData(Float32Array.from(lengths.dataSync()), lengths.shape);
  });
}

/** g · v / ‖v‖ */
export function normalized(g: tf.Tensor, v: tf.Tensor, dim: number | null): tf.Tensor {
  return tf.mul(v, tf.div(g, lengthAlong(v, dim)));
}

function lengthAlong(v: tf.Tensor, dim: number | null): tf.Tensor {
  if (dim === null || dim === -1) return tf.norm(v, 2);
  const axis = dim < 0 ? v.rank + dim : dim;
  return tf.norm(
    v,
    "euclidean",
    v.shape.map((_, i) => i).filter((i) => i !== axis),
    true,
  );
}
