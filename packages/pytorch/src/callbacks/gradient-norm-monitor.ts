import {
  describeValue,
  MisconfigurationError,
  type nn,
  rejectUnknownOptions,
  requireGradsHere,
} from "@lightning-ts/core";
import { gradientNormsHere, type GradientNorms } from "@lightning-ts/fabric";
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
 * logged anyway: `grad_2.0_norm/layer.weight`, `grad_2.0_norm_total`. Ranks that divide the gradients ask each other.
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
    const named = [...module.namedParameters()];
    const norms = trainer.strategy.gradientNorms(
      named.map(([, parameter]) => parameter),
      this.#normType,
    );
    this.logDict(underNames(named, norms, keyOf(this.#normType), this.#separator));
  }
}

/**
 * Norms of the gradients that a module has, under the names of Lightning's `grad_norm`: one for each parameter, and the
 * one of all together. The values are scalars of the innermost scope, not read yet.
 * @param normType the order, above 0; `Infinity` for the largest magnitude
 * @throws MisconfigurationError for other orders, and where ranks divide the gradients between them
 */
export function gradNorm(module: nn.Module, normType: number, groupSeparator = "/"): Record<string, Tensor> {
  requireOrder(normType);
  requireGradsHere(module.parameters(), "gradNorm");
  const named = [...module.namedParameters()];
  const parameters = named.map(([, parameter]) => parameter);
  return underNames(named, gradientNormsHere(parameters, normType), keyOf(normType), groupSeparator);
}

function keyOf(normType: number): string {
  return `grad_${orderName(normType)}_norm`;
}

function underNames(
  named: readonly (readonly [name: string, parameter: nn.Parameter])[],
  { each, total }: GradientNorms,
  key: string,
  groupSeparator: string,
): Record<string, Tensor> {
  if (each.size === 0) return {};
  const entries = named.flatMap(([name, parameter]): [string, Tensor][] => {
    const norm = each.get(parameter);
    return norm === undefined ? [] : [[`${key}${groupSeparator}${name}`, norm]];
  });
  return { ...Object.fromEntries(entries), [`${key}_total`]: total };
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
