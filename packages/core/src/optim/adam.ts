import { refuseMore } from "../errors/refuse-more.js";
import { classNameOf } from "../errors/class-name.js";
import type { Tensor } from "@tensorflow/tfjs-core";
import { adamUpdate } from "../kernels/adam-update.js";
import { runFused } from "../kernels/run-fused.js";
import { checkNumber } from "./check-number.js";
import { FusedOptimizer, type Memory, type Moment } from "./fused-optimizer.js";
import type { OptionsOfClass } from "./load-optimizer-state.js";
import { BETAS, checkBetas, MOMENTS, STATE_WITH_MOMENTS } from "./moments.js";
import type { ParamGroup, Params } from "./param-group.js";
import { completeOptions, type TorchOnlyOptions } from "./torch-only-options.js";

export interface AdamWOptions extends TorchOnlyOptions {
  /** @default 0.001 */
  readonly lr?: number | undefined;
  /** Decay of the running means of the gradient and of its square. @default [0.9, 0.999] */
  readonly betas?: readonly [number, number] | undefined;
  /** @default 1e-8 */
  readonly eps?: number | undefined;
  /** L2 penalty for Adam, decoupled decay for AdamW. @default 0 for Adam, 0.01 for AdamW */
  readonly weightDecay?: number | undefined;
  /** Use the largest mean square so far (Reddi et al., 2018). @default false */
  readonly amsgrad?: boolean | undefined;
  /** Go up the gradient. @default false */
  readonly maximize?: boolean | undefined;
}

export interface AdamOptions extends AdamWOptions {
  /** Decay the parameters themselves, as AdamW does. @default false */
  readonly decoupledWeightDecay?: boolean | undefined;
}

export interface AdamParamGroup extends ParamGroup {
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
  amsgrad: boolean;
  maximize: boolean;
  decoupledWeightDecay: boolean;
}

const TORCH_ONLY = ["foreach", "capturable", "differentiable", "fused"] as const;
const DEFAULTS = { lr: 1e-3, ...BETAS, eps: 1e-8, weightDecay: 0, amsgrad: false, maximize: false };

const LARGEST: Memory = { list: "x", name: "max_exp_avg_sq" };

abstract class AdamFamily extends FusedOptimizer<AdamParamGroup, AdamOptions> {
  protected override completeGroup(group: AdamParamGroup): AdamParamGroup {
    const owner = classNameOf(this);
    checkNumber(owner, "lr", group.lr);
    checkNumber(owner, "eps", group.eps);
    checkNumber(owner, "weightDecay", group.weightDecay);
    checkBetas(owner, group);
    return group;
  }

  protected override get requiredState(): readonly string[] {
    return STATE_WITH_MOMENTS;
  }

  protected override get optionsOfClass(): OptionsOfClass {
    return { decoupledWeightDecay: { true: "AdamW", false: "Adam" } };
  }

  protected override memories(group: AdamParamGroup): readonly Memory[] {
    return group.amsgrad ? [...MOMENTS, LARGEST] : MOMENTS;
  }

  protected override run(inputs: Record<string, Tensor>, group: AdamParamGroup, { step, count }: Moment): Tensor[] {
    const { lr, betas, eps, weightDecay, amsgrad, maximize, decoupledWeightDecay } = group;
    const [beta1, beta2] = betas;
    return runFused(adamUpdate, inputs, {
      ...{ lr, beta1, beta2, eps, weightDecay, decoupledWeightDecay, amsgrad, maximize, count },
      biasCorrection1: 1 - beta1 ** step,
      biasCorrection2: 1 - beta2 ** step,
    });
  }
}

/**
 * Adam (Kingma and Ba, 2015); formula and defaults of torch 2.x `Adam`.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const model = new nn.Linear(4, 1);
 * const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3, betas: [0.9, 0.99] });
 * console.log(optimizer.paramGroups[0]?.lr);
 * ```
 */
export class Adam extends AdamFamily {
  static override readonly stateName = "Adam";

  constructor(params: Params<AdamOptions>, options: AdamOptions = {}, ...more: readonly never[]) {
    super(
      params,
      completeOptions("Adam", options, { ...DEFAULTS, decoupledWeightDecay: false }, TORCH_ONLY),
      TORCH_ONLY,
    );
    refuseMore("Adam", more);
  }
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, 2019); formula and defaults of torch 2.x `AdamW`.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 1));
 * const [first, , last] = [...model];
 * const optimizer = new optim.AdamW(
 *   [{ params: first?.parameters() ?? [], lr: 1e-4 }, { params: last?.parameters() ?? [] }],
 *   { lr: 1e-3, weightDecay: 0.01 },
 * );
 * console.log(optimizer.paramGroups.map(({ lr }) => lr)); // 1e-4, 1e-3
 * ```
 */
export class AdamW extends AdamFamily {
  static override readonly stateName = "AdamW";

  constructor(params: Params<AdamWOptions>, options: AdamWOptions = {}, ...more: readonly never[]) {
    const defaults = { ...DEFAULTS, weightDecay: 0.01 };
    const complete = completeOptions("AdamW", options, defaults, TORCH_ONLY);
    super(params, { ...complete, decoupledWeightDecay: true }, TORCH_ONLY);
    refuseMore("AdamW", more);
  }
}
