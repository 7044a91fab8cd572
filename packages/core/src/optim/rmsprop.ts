import { refuseMore } from "../errors/refuse-more.js";
import type { Tensor } from "@tensorflow/tfjs-core";
import { rmspropUpdate } from "../kernels/rmsprop-update.js";
import { runFused } from "../kernels/run-fused.js";
import { checkNumber } from "./check-number.js";
import { FusedOptimizer, type Memory, type Moment } from "./fused-optimizer.js";
import type { ParamGroup, Params } from "./param-group.js";
import { completeOptions, type TorchOnlyOptions } from "./torch-only-options.js";

export interface RMSpropOptions extends Pick<TorchOnlyOptions, "foreach" | "capturable" | "differentiable"> {
  /** @default 0.01 */
  readonly lr?: number | undefined;
  /** Decay of the running mean of squared gradients. @default 0.99 */
  readonly alpha?: number | undefined;
  /** @default 1e-8 */
  readonly eps?: number | undefined;
  /** L2 penalty. @default 0 */
  readonly weightDecay?: number | undefined;
  /** @default 0 */
  readonly momentum?: number | undefined;
  /** Divide by an estimate of the variance instead of the mean square. @default false */
  readonly centered?: boolean | undefined;
  /** Go up the gradient. @default false */
  readonly maximize?: boolean | undefined;
}

export interface RMSpropParamGroup extends ParamGroup {
  alpha: number;
  eps: number;
  weightDecay: number;
  momentum: number;
  centered: boolean;
  maximize: boolean;
}

const TORCH_ONLY = ["foreach", "capturable", "differentiable"] as const;
const DEFAULTS = {
  ...{ lr: 1e-2, alpha: 0.99, eps: 1e-8, weightDecay: 0, momentum: 0 },
  ...{ centered: false, maximize: false },
};

/**
 * RMSprop (Hinton, 2012); formula and defaults of torch 2.x `RMSprop`.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const model = new nn.Linear(4, 1);
 * const optimizer = new optim.RMSprop(model.parameters(), { lr: 0.01, momentum: 0.9 });
 * console.log(optimizer.paramGroups[0]?.lr);
 * ```
 */
export class RMSprop extends FusedOptimizer<RMSpropParamGroup, RMSpropOptions> {
  static override readonly stateName = "RMSprop";

  constructor(params: Params<RMSpropOptions>, options: RMSpropOptions = {}, ...more: readonly never[]) {
    super(params, completeOptions("RMSprop", options, DEFAULTS, TORCH_ONLY), TORCH_ONLY);
    refuseMore("RMSprop", more);
  }

  protected override completeGroup(group: RMSpropParamGroup): RMSpropParamGroup {
    for (const name of ["lr", "eps", "momentum", "weightDecay", "alpha"] as const)
      checkNumber("RMSprop", name, group[name]);
    return group;
  }

  protected override memories({ momentum, centered }: RMSpropParamGroup): readonly Memory[] {
    return [
      { list: "v", name: "square_avg" },
      ...(momentum > 0 ? [{ list: "b", name: "momentum_buffer" }] : []),
      ...(centered ? [{ list: "a", name: "grad_avg" }] : []),
    ];
  }

  protected override run(inputs: Record<string, Tensor>, group: RMSpropParamGroup, { count }: Moment): Tensor[] {
    const { lr, alpha, eps, weightDecay, momentum, centered, maximize } = group;
    return runFused(rmspropUpdate, inputs, { lr, alpha, eps, weightDecay, momentum, centered, maximize, count });
  }
}
