import { refuseMore } from "../errors/refuse-more.js";
import type { Tensor } from "@tensorflow/tfjs-core";
import { rpropUpdate } from "../kernels/rprop-update.js";
import { runFused } from "../kernels/run-fused.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { checkNumber } from "./check-number.js";
import { FusedOptimizer, type Memory, type Moment } from "./fused-optimizer.js";
import type { ParamGroup, Params } from "./param-group.js";
import { completeOptions, type TorchOnlyOptions } from "./torch-only-options.js";

export interface RpropOptions extends Pick<TorchOnlyOptions, "foreach" | "capturable" | "differentiable"> {
  /** The first size of all steps. @default 0.01 */
  readonly lr?: number | undefined;
  /** Factors of a step's size after a change of sign, and without one. @default [0.5, 1.2] */
  readonly etas?: readonly [number, number] | undefined;
  /** The smallest and the largest size. @default [1e-6, 50] */
  readonly stepSizes?: readonly [number, number] | undefined;
  /** Go up the gradient. @default false */
  readonly maximize?: boolean | undefined;
}

export interface RpropParamGroup extends ParamGroup {
  etas: readonly [number, number];
  stepSizes: readonly [number, number];
  maximize: boolean;
}

const TORCH_ONLY = ["foreach", "capturable", "differentiable"] as const;
const PAIRS: Pick<RpropParamGroup, "etas" | "stepSizes"> = { etas: [0.5, 1.2], stepSizes: [1e-6, 50] };
const DEFAULTS = { lr: 1e-2, ...PAIRS, maximize: false };

/**
 * Resilient backpropagation (Riedmiller and Braun, 1993); formula and defaults of torch 2.x `Rprop`.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const model = new nn.Linear(4, 1);
 * const optimizer = new optim.Rprop(model.parameters(), { lr: 0.01 });
 * console.log(optimizer.paramGroups[0]?.lr);
 * ```
 */
export class Rprop extends FusedOptimizer<RpropParamGroup, RpropOptions> {
  static override readonly stateName = "Rprop";

  constructor(params: Params<RpropOptions>, options: RpropOptions = {}, ...more: readonly never[]) {
    super(params, completeOptions("Rprop", options, DEFAULTS, TORCH_ONLY), TORCH_ONLY);
    refuseMore("Rprop", more);
  }

  protected override completeGroup(group: RpropParamGroup): RpropParamGroup {
    checkNumber("Rprop", "lr", group.lr);
    const [shrink, grow] = group.etas;
    if (!(shrink > 0 && shrink < 1 && grow > 1))
      throw new MisconfigurationError({
        message: "Rprop's etas are not usable.",
        expected: "one between 0 and 1, and one above 1",
        received: group.etas.join(", "),
      });
    return group;
  }

  protected override memories({ lr }: RpropParamGroup): readonly Memory[] {
    return [
      { list: "r", name: "prev" },
      { list: "s", name: "step_size", initial: lr },
    ];
  }

  protected override run(inputs: Record<string, Tensor>, group: RpropParamGroup, { count }: Moment): Tensor[] {
    const [etaMinus, etaPlus] = group.etas;
    const [stepSizeMin, stepSizeMax] = group.stepSizes;
    const { maximize } = group;
    return runFused(rpropUpdate, inputs, { etaMinus, etaPlus, stepSizeMin, stepSizeMax, maximize, count });
  }
}
