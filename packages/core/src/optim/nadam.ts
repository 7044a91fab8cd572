import { refuseMore } from "../errors/refuse-more.js";
import type { Tensor } from "@tensorflow/tfjs-core";
import { nadamUpdate } from "../kernels/nadam-update.js";
import { runFused } from "../kernels/run-fused.js";
import { checkNumber } from "./check-number.js";
import { FusedOptimizer, type Memory, type Moment } from "./fused-optimizer.js";
import { BETAS, checkBetas, MOMENTS, STATE_WITH_MOMENTS } from "./moments.js";
import type { ParamGroup, Params } from "./param-group.js";
import { completeOptions, type TorchOnlyOptions } from "./torch-only-options.js";

export interface NAdamOptions extends Pick<TorchOnlyOptions, "foreach" | "capturable" | "differentiable"> {
  /** @default 0.002 */
  readonly lr?: number | undefined;
  /** Decay of the running means of the gradient and of its square. @default [0.9, 0.999] */
  readonly betas?: readonly [number, number] | undefined;
  /** @default 1e-8 */
  readonly eps?: number | undefined;
  /** @default 0 */
  readonly weightDecay?: number | undefined;
  /** How fast the momentum approaches the first beta. @default 0.004 */
  readonly momentumDecay?: number | undefined;
  /** Decay the parameters themselves instead of adding an L2 penalty. @default false */
  readonly decoupledWeightDecay?: boolean | undefined;
  /** Go up the gradient. @default false */
  readonly maximize?: boolean | undefined;
}

export interface NAdamParamGroup extends ParamGroup {
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
  momentumDecay: number;
  decoupledWeightDecay: boolean;
  maximize: boolean;
}

const TORCH_ONLY = ["foreach", "capturable", "differentiable"] as const;
const DEFAULTS = {
  ...{ lr: 2e-3, ...BETAS, eps: 1e-8, weightDecay: 0, momentumDecay: 4e-3 },
  ...{ decoupledWeightDecay: false, maximize: false },
};
const PRODUCT = "mu_product";

/**
 * Adam with Nesterov's momentum (Dozat, 2016); formula and defaults of torch 2.x `NAdam`.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const model = new nn.Linear(4, 1);
 * const optimizer = new optim.NAdam(model.parameters(), { lr: 2e-3, momentumDecay: 4e-3 });
 * console.log(optimizer.paramGroups[0]?.lr);
 * ```
 */
export class NAdam extends FusedOptimizer<NAdamParamGroup, NAdamOptions> {
  static override readonly stateName = "NAdam";

  constructor(params: Params<NAdamOptions>, options: NAdamOptions = {}, ...more: readonly never[]) {
    super(params, completeOptions("NAdam", options, DEFAULTS, TORCH_ONLY), TORCH_ONLY);
    refuseMore("NAdam", more);
  }

  protected override get stateNumbers(): readonly string[] {
    return ["step", PRODUCT];
  }

  protected override completeGroup(group: NAdamParamGroup): NAdamParamGroup {
    for (const name of ["lr", "eps", "weightDecay", "momentumDecay"] as const) checkNumber("NAdam", name, group[name]);
    checkBetas("NAdam", group);
    return group;
  }

  protected override get requiredState(): readonly string[] {
    return STATE_WITH_MOMENTS;
  }

  protected override memories(): readonly Memory[] {
    return MOMENTS;
  }

  protected override numbersAfter(group: NAdamParamGroup, moment: Moment): Record<string, number> {
    return { [PRODUCT]: productAfter(group, moment) };
  }

  protected override run(inputs: Record<string, Tensor>, group: NAdamParamGroup, moment: Moment): Tensor[] {
    const { lr, betas, eps, weightDecay, decoupledWeightDecay, maximize } = group;
    const [beta1, beta2] = betas;
    const { step, count } = moment;
    const product = productAfter(group, moment);
    const next = momentumAt(group, step + 1);
    return runFused(nadamUpdate, inputs, {
      ...{ lr, beta1, beta2, eps, weightDecay, decoupledWeightDecay, maximize, count },
      biasCorrection2: 1 - beta2 ** step,
      gradientRate: (lr * (1 - momentumAt(group, step))) / (1 - product),
      meanRate: (lr * next) / (1 - product * next),
    });
  }
}

function momentumAt({ betas, momentumDecay }: NAdamParamGroup, step: number): number {
  return betas[0] * (1 - 0.5 * 0.96 ** (step * momentumDecay));
}

/** The product of all momenta so far; PyTorch keeps it in float32. */
function productAfter(group: NAdamParamGroup, { step, numbers }: Moment): number {
  return Math.fround((numbers.get(PRODUCT) ?? 1) * Math.fround(momentumAt(group, step)));
}
