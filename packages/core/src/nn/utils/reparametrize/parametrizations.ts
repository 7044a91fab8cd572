/** What `nn.utils.parametrizations` holds, under PyTorch's names. */
import { refuseMore } from "../../../errors/refuse-more.js";
import { Buffer } from "../../../autograd/parameter.js";
import { tf } from "../../../tensor/tf.js";
import type { Module } from "../../module.js";
import { computeField, defineField, parameterOf } from "./computed-field.js";
import { parametrizationsOf } from "./parametrization-list.js";
import { singularVector, spectrallyNormalized } from "./largest-singular-value.js";
import { readSpectralOptions, type SpectralNormOptions } from "./spectral-norm.js";
import { lengthsOf, normalized } from "./weight-norm.js";

/** Steps that a power iteration takes before it is used, as in PyTorch. */
const FIRST_STEPS = 15;

/**
 * Splits a parameter into its length and its direction, `parametrizations.weight.original0` and `original1`, which are
 * learned. Make the optimizer afterwards. Returns the module.
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
  const { originals } = parametrizationsOf(module, name, "_WeightNorm");
  const g = lengthsOf(weight, dim);
  defineField(originals, "original0", g);
  defineField(originals, "original1", weight);
  computeField(module, name, () => normalized(g, weight, dim));
  return module;
}

/**
 * Divides a parameter by its largest singular value, which a power iteration follows: whenever `weight` is read in
 * training, it takes a step. `parametrizations.weight.original` is learned. Make the optimizer afterwards. Returns the
 * module.
 */
export function spectralNorm<TModule extends Module>(
  module: TModule,
  name = "weight",
  options: SpectralNormOptions = {},
  ...more: readonly never[]
): TModule {
  refuseMore("spectralNorm", more);
  const original = parameterOf("spectralNorm", module, name);
  const settings = readSpectralOptions("spectralNorm", module, options);
  const rows = original.shape[settings.dim] ?? 1;
  const columns = original.size / rows;
  Reflect.deleteProperty(module, name);
  const { originals, own } = parametrizationsOf(module, name, "_SpectralNorm");
  defineField(originals, "original", original);
  const u = own.registerBuffer("_u", Buffer.fromData(singularVector(rows), [rows]));
  const v = own.registerBuffer("_v", Buffer.fromData(singularVector(columns), [columns]));
  const compute = (steps: number): tf.Tensor =>
    spectrallyNormalized(original, { ...settings, u, v, first: "u", steps });
  tf.tidy(() => void compute(FIRST_STEPS));
  computeField(module, name, () => compute(own.training ? settings.steps : 0));
  return module;
}
