import {
  clipGradNorm,
  describeValue,
  gradOf,
  MisconfigurationError,
  type nn,
  rejectUnknownOptions,
} from "@lightning-ts/core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { Callback } from "../contract/callback.js";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";

export interface GradientNormMonitorOptions {
  /** The order of the norm, above 0; `Infinity` for the largest magnitude. @default 2 */
  readonly normType?: number | undefined;
  /** Between `grad_2.0_norm` and a parameter's name. @default "/" */
  readonly groupSeparator?: string | undefined;
}

/**
 * Logs the norm of every parameter's gradient and that of all together, before they are clipped, in the steps that are
 * logged anyway: `grad_2.0_norm/layer.weight`, `grad_2.0_norm_total`.
 * @example
 * ```ts
 * import { GradientNormMonitor, Trainer } from "@lightning-ts/pytorch";
 *
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [new GradientNormMonitor({ normType: 2 })] });
 * ```
 */
export class GradientNormMonitor extends Callback {
  readonly #normType: number;
  readonly #separator: string;

  /** @throws MisconfigurationError for options that do not exist, and a normType of 0 or less */
  constructor(options: GradientNormMonitorOptions = {}) {
    super();
    rejectUnknownOptions("GradientNormMonitor", options, ["normType", "groupSeparator"]);
    this.#normType = options.normType ?? 2;
    this.#separator = options.groupSeparator ?? "/";
    requireOrder(this.#normType);
  }

  override onBeforeOptimizerStep(trainer: Trainer, module: LightningModule): void {
    const { batchesThatStepped, logEveryNSteps: every } = trainer;
    // Nothing is left over from a division by 0, which stands for "never": NaN is not 0.
    if ((batchesThatStepped + 1) % every !== 0) return;
    this.logDict(gradNorm(module, this.#normType, this.#separator));
  }
}

/**
 * Norms of the gradients that a module has, under the names of Lightning's `grad_norm`: one for each parameter, and the
 * one of all together. The values are scalars of the innermost scope, not read yet.
 * @param normType the order, above 0; `Infinity` for the largest magnitude
 * @throws MisconfigurationError
 */
export function gradNorm(module: nn.Module, normType: number, groupSeparator = "/"): Record<string, Tensor> {
  requireOrder(normType);
  const key = `grad_${orderName(normType)}_norm`;
  const withGradients = [...module.namedParameters()].filter(([, parameter]) => gradOf(parameter) !== null);
  if (withGradients.length === 0) return {};
  const norm = (parameters: nn.Parameter[]) => clipGradNorm(parameters, Number.POSITIVE_INFINITY, { normType });
  return {
    ...Object.fromEntries(
      withGradients.map(([name, parameter]) => [`${key}${groupSeparator}${name}`, norm([parameter])]),
    ),
    [`${key}_total`]: norm(withGradients.map(([, parameter]) => parameter)),
  };
}

/** As Python writes a float: 2.0, 1.5, inf. */
function orderName(normType: number): string {
  if (normType === Number.POSITIVE_INFINITY) return "inf";
  return Number.isInteger(normType) ? normType.toFixed(1) : String(normType);
}

function requireOrder(normType: number): void {
  if (!(normType > 0))
    throw new MisconfigurationError({
      message: "Gradients have no norm of this order.",
      expected: "a number above 0, or Infinity",
      received: describeValue(normType),
    });
}
