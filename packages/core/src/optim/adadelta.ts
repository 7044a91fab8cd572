import { refuseMore } from "../errors/refuse-more.js";
import type { Tensor } from "@tensorflow/tfjs-core";
import { adadeltaUpdate } from "../kernels/adadelta-update.js";
import { runFused } from "../kernels/run-fused.js";
import { checkNumber } from "./check-number.js";
import { FusedOptimizer, type Memory, type Moment } from "./fused-optimizer.js";
import type { ParamGroup, Params } from "./param-group.js";
import { completeOptions, type TorchOnlyOptions } from "./torch-only-options.js";

export interface AdadeltaOptions extends Pick<TorchOnlyOptions, "foreach" | "capturable" | "differentiable"> {
  /** @default 1 */
  readonly lr?: number | undefined;
  /** Decay of both running means of squares. @default 0.9 */
  readonly rho?: number | undefined;
  /** @default 1e-6 */
  readonly eps?: number | undefined;
  /** L2 penalty. @default 0 */
  readonly weightDecay?: number | undefined;
  /** Go up the gradient. @default false */
  readonly maximize?: boolean | undefined;
}

export interface AdadeltaParamGroup extends ParamGroup {
  rho: number;
  eps: number;
  weightDecay: number;
  maximize: boolean;
}

const TORCH_ONLY = ["foreach", "capturable", "differentiable"] as const;
const DEFAULTS = { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false };
const MEMORIES: readonly Memory[] = [
  { list: "v", name: "square_avg" },
  { list: "d", name: "acc_delta" },
];

/**
 * Adadelta (Zeiler, 2012); formula and defaults of torch 2.x `Adadelta`.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const model = new nn.Linear(4, 1);
 * const optimizer = new optim.Adadelta(model.parameters(), { rho: 0.95 });
 * console.log(optimizer.paramGroups[0]?.lr);
 * ```
 */
export class Adadelta extends FusedOptimizer<AdadeltaParamGroup, AdadeltaOptions> {
  static override readonly stateName = "Adadelta";

  constructor(params: Params<AdadeltaOptions>, options: AdadeltaOptions = {}, ...more: readonly never[]) {
    super(params, completeOptions("Adadelta", options, DEFAULTS, TORCH_ONLY), TORCH_ONLY);
    refuseMore("Adadelta", more);
  }

  protected override completeGroup(group: AdadeltaParamGroup): AdadeltaParamGroup {
    for (const name of ["lr", "eps", "weightDecay"] as const) checkNumber("Adadelta", name, group[name]);
    checkNumber("Adadelta", "rho", group.rho, 0, 1 + Number.EPSILON);
    return group;
  }

  protected override memories(): readonly Memory[] {
    return MEMORIES;
  }

  protected override run(inputs: Record<string, Tensor>, group: AdadeltaParamGroup, { count }: Moment): Tensor[] {
    const { lr, rho, eps, weightDecay, maximize } = group;
    return runFused(adadeltaUpdate, inputs, { lr, rho, eps, weightDecay, maximize, count });
  }
}
