import { refuseMore } from "../errors/refuse-more.js";
import type { Tensor } from "@tensorflow/tfjs-core";
import { radamUpdate } from "../kernels/radam-update.js";
import { runFused } from "../kernels/run-fused.js";
import { checkNumber } from "./check-number.js";
import { FusedOptimizer, type Memory, type Moment } from "./fused-optimizer.js";
import { BETAS, checkBetas, MOMENTS, STATE_WITH_MOMENTS } from "./moments.js";
import type { ParamGroup, Params } from "./param-group.js";
import { completeOptions, type TorchOnlyOptions } from "./torch-only-options.js";

export interface RAdamOptions extends Pick<TorchOnlyOptions, "foreach" | "capturable" | "differentiable"> {
  /** @default 0.001 */
  readonly lr?: number | undefined;
  /** Decay of the running means of the gradient and of its square. @default [0.9, 0.999] */
  readonly betas?: readonly [number, number] | undefined;
  /** @default 1e-8 */
  readonly eps?: number | undefined;
  /** @default 0 */
  readonly weightDecay?: number | undefined;
  /** Decay the parameters themselves instead of adding an L2 penalty. @default false */
  readonly decoupledWeightDecay?: boolean | undefined;
  /** Go up the gradient. @default false */
  readonly maximize?: boolean | undefined;
}

export interface RAdamParamGroup extends ParamGroup {
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
  decoupledWeightDecay: boolean;
  maximize: boolean;
}

const TORCH_ONLY = ["foreach", "capturable", "differentiable"] as const;
const DEFAULTS = { lr: 1e-3, ...BETAS, eps: 1e-8, weightDecay: 0, decoupledWeightDecay: false, maximize: false };

/**
 * Adam with a rectified rate (Liu et al., 2020); formula and defaults of torch 2.x `RAdam`.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const model = new nn.Linear(4, 1);
 * const optimizer = new optim.RAdam(model.parameters(), { lr: 1e-3 });
 * console.log(optimizer.paramGroups[0]?.lr);
 * ```
 */
export class RAdam extends FusedOptimizer<RAdamParamGroup, RAdamOptions> {
  static override readonly stateName = "RAdam";

  constructor(params: Params<RAdamOptions>, options: RAdamOptions = {}, ...more: readonly never[]) {
    super(params, completeOptions("RAdam", options, DEFAULTS, TORCH_ONLY), TORCH_ONLY);
    refuseMore("RAdam", more);
  }

  protected override completeGroup(group: RAdamParamGroup): RAdamParamGroup {
    for (const name of ["lr", "eps", "weightDecay"] as const) checkNumber("RAdam", name, group[name]);
    checkBetas("RAdam", group);
    return group;
  }

  protected override get requiredState(): readonly string[] {
    return STATE_WITH_MOMENTS;
  }

  protected override memories(): readonly Memory[] {
    return MOMENTS;
  }

  protected override run(inputs: Record<string, Tensor>, group: RAdamParamGroup, { step, count }: Moment): Tensor[] {
    const { lr, betas, eps, weightDecay, decoupledWeightDecay, maximize } = group;
    const [beta1, beta2] = betas;
    const biasCorrection2 = 1 - beta2 ** step;
    const longest = 2 / (1 - beta2) - 1;
    const length = longest - (2 * step * beta2 ** step) / biasCorrection2;
    const isRectified = length > 5;
    const rectification = isRectified
      ? Math.sqrt(((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length))
      : 1;
    return runFused(radamUpdate, inputs, {
      ...{ lr, beta1, beta2, eps, weightDecay, decoupledWeightDecay, maximize, count, isRectified },
      rate: (lr / (1 - beta1 ** step)) * rectification * (isRectified ? Math.sqrt(biasCorrection2) : 1),
    });
  }
}
