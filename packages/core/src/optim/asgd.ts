import { refuseMore } from "../errors/refuse-more.js";
import type { Tensor } from "@tensorflow/tfjs-core";
import { asgdUpdate } from "../kernels/asgd-update.js";
import { runFused } from "../kernels/run-fused.js";
import { checkNumber } from "./check-number.js";
import { FusedOptimizer, type Memory, type Moment } from "./fused-optimizer.js";
import type { ParamGroup, Params } from "./param-group.js";
import { completeOptions, type TorchOnlyOptions } from "./torch-only-options.js";

export interface ASGDOptions extends Pick<TorchOnlyOptions, "foreach" | "capturable" | "differentiable"> {
  /** @default 0.01 */
  readonly lr?: number | undefined;
  /** Decay of parameters and rate. @default 0.0001 */
  readonly lambd?: number | undefined;
  /** Power of the rate's decay. @default 0.75 */
  readonly alpha?: number | undefined;
  /** The step from which on parameters are averaged. @default 1000000 */
  readonly t0?: number | undefined;
  /** L2 penalty. @default 0 */
  readonly weightDecay?: number | undefined;
  /** Go up the gradient. @default false */
  readonly maximize?: boolean | undefined;
}

export interface ASGDParamGroup extends ParamGroup {
  lambd: number;
  alpha: number;
  t0: number;
  weightDecay: number;
  maximize: boolean;
}

const TORCH_ONLY = ["foreach", "capturable", "differentiable"] as const;
const DEFAULTS = { lr: 1e-2, lambd: 1e-4, alpha: 0.75, t0: 1e6, weightDecay: 0, maximize: false };

/**
 * Averaged stochastic gradient descent (Polyak and Juditsky, 1992); formula and defaults of torch 2.x `ASGD`. The
 * average is remembered as `ax`.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const model = new nn.Linear(4, 1);
 * const optimizer = new optim.ASGD(model.parameters(), { lr: 0.01 });
 * console.log(optimizer.paramGroups[0]?.lr);
 * ```
 */
export class ASGD extends FusedOptimizer<ASGDParamGroup, ASGDOptions> {
  static override readonly stateName = "ASGD";

  constructor(params: Params<ASGDOptions>, options: ASGDOptions = {}, ...more: readonly never[]) {
    super(params, completeOptions("ASGD", options, DEFAULTS, TORCH_ONLY), TORCH_ONLY);
    refuseMore("ASGD", more);
  }

  protected override get stateNumbers(): readonly string[] {
    return ["step", "eta", "mu"];
  }

  protected override completeGroup(group: ASGDParamGroup): ASGDParamGroup {
    checkNumber("ASGD", "lr", group.lr);
    checkNumber("ASGD", "weightDecay", group.weightDecay);
    for (const name of ["lambd", "alpha", "t0"] as const)
      checkNumber("ASGD", name, group[name], Number.NEGATIVE_INFINITY);
    return group;
  }

  protected override memories(_group: ASGDParamGroup, { numbers }: Moment): readonly Memory[] {
    return [{ list: "a", name: "ax", isRead: (numbers.get("mu") ?? 1) !== 1 }];
  }

  /** The rate and the weight of the average that the next step uses; PyTorch keeps both in float32. */
  protected override numbersAfter({ lr, lambd, alpha, t0 }: ASGDParamGroup, { step }: Moment): Record<string, number> {
    return { eta: Math.fround(lr / (1 + lambd * lr * step) ** alpha), mu: Math.fround(1 / Math.max(1, step - t0)) };
  }

  protected override run(inputs: Record<string, Tensor>, group: ASGDParamGroup, moment: Moment): Tensor[] {
    const { lr, lambd, weightDecay, maximize } = group;
    const { numbers, count } = moment;
    const eta = numbers.get("eta") ?? Math.fround(lr);
    return runFused(asgdUpdate, inputs, { eta, lambd, mu: numbers.get("mu") ?? 1, weightDecay, maximize, count });
  }
}
