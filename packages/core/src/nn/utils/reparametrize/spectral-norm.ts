import { refuseMore } from "../../../errors/refuse-more.js";
import { Buffer, Parameter } from "../../../autograd/parameter.js";
import { MisconfigurationError } from "../../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../../errors/reject-unknown-options.js";
import { TransposedConvolution } from "../../layers/convolution.js";
import type { Module } from "../../module.js";
import { computeField, defineField, parameterOf, restoreField } from "./computed-field.js";
import { singularVector, spectrallyNormalized } from "./largest-singular-value.js";
import { tf } from "../../../tensor/tf.js";

export interface SpectralNormOptions {
  /** Steps of the power iteration at each use in training. @default 1 */
  readonly nPowerIterations?: number | undefined;
  /** The least length that is divided by. @default 1e-12 */
  readonly eps?: number | undefined;
  /** The dimension that has the outputs. @default 1 for transposed convolutions, else 0 */
  readonly dim?: number | undefined;
}

/**
 * Divides a parameter by its largest singular value, which a power iteration follows: whenever `weight` is read in
 * training, it takes a step. `weight_orig` is learned. Make the optimizer afterwards. Returns the module.
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
  const matrix = { rows: original.shape[settings.dim] ?? 1, size: original.size };
  const u = Buffer.fromData(singularVector(matrix.rows), [matrix.rows]);
  const v = Buffer.fromData(singularVector(matrix.size / matrix.rows), [matrix.size / matrix.rows]);
  Reflect.deleteProperty(module, name);
  defineField(module, `${name}_orig`, original);
  defineField(module, `${name}_u`, u);
  defineField(module, `${name}_v`, v);
  computeField(module, name, () =>
    spectrallyNormalized(original, { ...settings, u, v, first: "v", steps: module.training ? settings.steps : 0 }),
  );
  return module;
}

/** Makes the normalized weight a parameter again. Returns the module. */
export function removeSpectralNorm<TModule extends Module>(
  module: TModule,
  name = "weight",
  ...more: readonly never[]
): TModule {
  refuseMore("removeSpectralNorm", more);
  const fields = [`${name}_orig`, `${name}_u`, `${name}_v`];
  const [original, u, v]: unknown[] = fields.map((field): unknown => Reflect.get(module, field));
  if (!(original instanceof Parameter) || !(u instanceof Buffer) || !(v instanceof Buffer))
    throw new MisconfigurationError({
      message: `"${name}" of ${module.constructor.name} has no spectral norm.`,
      expected: "a module that spectralNorm was called with",
      received: module
        .namedParameters()
        .map(([known]) => known)
        .join(", "),
    });
  const wasTraining = module.training;
  module.training = false;
  const value: unknown = Reflect.get(module, name);
  module.training = wasTraining;
  for (const field of [name, ...fields]) Reflect.deleteProperty(module, field);
  if (value instanceof tf.Tensor) restoreField(module, name, value);
  for (const part of [original, u, v]) part.dispose();
  return module;
}

/** @throws MisconfigurationError */
export function readSpectralOptions(
  owner: string,
  module: Module,
  options: SpectralNormOptions,
): { readonly steps: number; readonly eps: number; readonly dim: number } {
  rejectUnknownOptions(owner, options, ["nPowerIterations", "eps", "dim"]);
  const { nPowerIterations: steps = 1, eps = 1e-12, dim = module instanceof TransposedConvolution ? 1 : 0 } = options;
  if (Number.isInteger(steps) && steps > 0) return { steps, eps, dim };
  throw new MisconfigurationError({
    message: `${owner}: a power iteration has at least one step.`,
    expected: "nPowerIterations, an integer of at least 1",
    received: String(steps),
  });
}
