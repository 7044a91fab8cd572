import { refuseMore } from "../errors/refuse-more.js";
import type { Tensor } from "@tensorflow/tfjs-core";
import { adagradUpdate } from "../kernels/adagrad-update.js";
import { runFused } from "../kernels/run-fused.js";
import { checkNumber } from "./check-number.js";
import { FusedOptimizer, type Memory, type Moment } from "./fused-optimizer.js";
import type { ParamGroup, Params } from "./param-group.js";
import { completeOptions, type TorchOnlyOptions } from "./torch-only-options.js";

export interface AdagradOptions extends Pick<TorchOnlyOptions, "foreach" | "differentiable" | "fused"> {
  /** @default 0.01 */
  readonly lr?: number | undefined;
  /** The rate of step `n`, from 0, is `lr / (1 + n * lrDecay)`. @default 0 */
  readonly lrDecay?: number | undefined;
  /** L2 penalty. @default 0 */
  readonly weightDecay?: number | undefined;
  /** What the sums of squares begin with. @default 0 */
  readonly initialAccumulatorValue?: number | undefined;
  /** @default 1e-10 */
  readonly eps?: number | undefined;
  /** Go up the gradient. @default false */
  readonly maximize?: boolean | undefined;
}

export interface AdagradParamGroup extends ParamGroup {
  lrDecay: number;
  weightDecay: number;
  initialAccumulatorValue: number;
  eps: number;
  maximize: boolean;
}

const TORCH_ONLY = ["foreach", "differentiable", "fused"] as const;
const DEFAULTS = { lr: 1e-2, lrDecay: 0, eps: 1e-10, weightDecay: 0, initialAccumulatorValue: 0, maximize: false };

/**
 * Adagrad (Duchi et al., 2011); formula and defaults of torch 2.x `Adagrad`.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const model = new nn.Linear(4, 1);
 * const optimizer = new optim.Adagrad(model.parameters(), { lr: 0.01, lrDecay: 1e-4 });
 * console.log(optimizer.paramGroups[0]?.lr);
 * ```
 */
export class Adagrad extends FusedOptimizer<AdagradParamGroup, AdagradOptions> {
  static override readonly stateName = "Adagrad";

  constructor(params: Params<AdagradOptions>, options: AdagradOptions = {}, ...more: readonly never[]) {
    super(params, completeOptions("Adagrad", options, DEFAULTS, TORCH_ONLY), TORCH_ONLY);
    refuseMore("Adagrad", more);
  }

  protected override completeGroup(group: AdagradParamGroup): AdagradParamGroup {
    for (const name of ["lr", "lrDecay", "weightDecay", "initialAccumulatorValue", "eps"] as const)
      checkNumber("Adagrad", name, group[name]);
    return group;
  }

  protected override memories({ initialAccumulatorValue }: AdagradParamGroup): readonly Memory[] {
    return [{ list: "s", name: "sum", initial: initialAccumulatorValue }];
  }

  protected override run(inputs: Record<string, Tensor>, group: AdagradParamGroup, { step, count }: Moment): Tensor[] {
    const { lr, lrDecay, eps, weightDecay, maximize } = group;
    const rate = lr / (1 + (step - 1) * lrDecay);
    return runFused(adagradUpdate, inputs, { rate, eps, weightDecay, maximize, count });
  }
}
