import { refuseMore } from "../errors/refuse-more.js";
import type { Tensor } from "@tensorflow/tfjs-core";
import { adamaxUpdate } from "../kernels/adamax-update.js";
import { runFused } from "../kernels/run-fused.js";
import { checkNumber } from "./check-number.js";
import { FusedOptimizer, type Memory, type Moment } from "./fused-optimizer.js";
import { BETAS, checkBetas } from "./moments.js";
import type { ParamGroup, Params } from "./param-group.js";
import { completeOptions, type TorchOnlyOptions } from "./torch-only-options.js";

export interface AdamaxOptions extends Pick<TorchOnlyOptions, "foreach" | "capturable" | "differentiable"> {
  /** @default 0.002 */
  readonly lr?: number | undefined;
  /** Decay of the running mean of the gradient and of its largest magnitude. @default [0.9, 0.999] */
  readonly betas?: readonly [number, number] | undefined;
  /** @default 1e-8 */
  readonly eps?: number | undefined;
  /** L2 penalty. @default 0 */
  readonly weightDecay?: number | undefined;
  /** Go up the gradient. @default false */
  readonly maximize?: boolean | undefined;
}

export interface AdamaxParamGroup extends ParamGroup {
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
  maximize: boolean;
}

const TORCH_ONLY = ["foreach", "capturable", "differentiable"] as const;
const DEFAULTS = { lr: 2e-3, ...BETAS, eps: 1e-8, weightDecay: 0, maximize: false };
const MEMORIES: readonly Memory[] = [
  { list: "m", name: "exp_avg" },
  { list: "u", name: "exp_inf" },
];

/**
 * Adam by the infinity norm (Kingma and Ba, 2015); formula and defaults of torch 2.x `Adamax`.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const model = new nn.Linear(4, 1);
 * const optimizer = new optim.Adamax(model.parameters(), { lr: 2e-3 });
 * console.log(optimizer.paramGroups[0]?.lr);
 * ```
 */
export class Adamax extends FusedOptimizer<AdamaxParamGroup, AdamaxOptions> {
  static override readonly stateName = "Adamax";

  constructor(params: Params<AdamaxOptions>, options: AdamaxOptions = {}, ...more: readonly never[]) {
    super(params, completeOptions("Adamax", options, DEFAULTS, TORCH_ONLY), TORCH_ONLY);
    refuseMore("Adamax", more);
  }

  protected override completeGroup(group: AdamaxParamGroup): AdamaxParamGroup {
    for (const name of ["lr", "eps", "weightDecay"] as const) checkNumber("Adamax", name, group[name]);
    checkBetas("Adamax", group);
    return group;
  }

  protected override memories(): readonly Memory[] {
    return MEMORIES;
  }

  protected override run(inputs: Record<string, Tensor>, group: AdamaxParamGroup, { step, count }: Moment): Tensor[] {
    const { lr, betas, eps, weightDecay, maximize } = group;
    const [beta1, beta2] = betas;
    const rate = lr / (1 - beta1 ** step);
    return runFused(adamaxUpdate, inputs, { rate, beta1, beta2, eps, weightDecay, maximize, count });
  }
}
