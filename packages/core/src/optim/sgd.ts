import { refuseMore } from "../errors/refuse-more.js";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { runFused } from "../kernels/run-fused.js";
import { sgdUpdate } from "../kernels/sgd-update.js";
import { listInputs } from "../kernels/tensor-lists.js";
import { checkNumber } from "./check-number.js";
import { Optimizer, assignAll } from "./optimizer.js";
import type { ParamGroup, Params } from "./param-group.js";
import { splitOutputs } from "./split-outputs.js";
import { completeOptions, type TorchOnlyOptions } from "./torch-only-options.js";

export interface SGDOptions extends Pick<TorchOnlyOptions, "foreach" | "differentiable" | "fused"> {
  /** @default 0.001 */
  readonly lr?: number | undefined;
  /** @default 0 */
  readonly momentum?: number | undefined;
  /** How much of a new gradient the momentum leaves out. @default 0 */
  readonly dampening?: number | undefined;
  /** L2 penalty. @default 0 */
  readonly weightDecay?: number | undefined;
  /** Needs momentum and no dampening. @default false */
  readonly nesterov?: boolean | undefined;
  /** Go up the gradient. @default false */
  readonly maximize?: boolean | undefined;
}

export interface SGDParamGroup extends ParamGroup {
  momentum: number;
  dampening: number;
  weightDecay: number;
  nesterov: boolean;
  maximize: boolean;
}

const BUFFER = "momentum_buffer";
const TORCH_ONLY = ["foreach", "differentiable", "fused"] as const;
const DEFAULTS = { lr: 1e-3, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false };

/**
 * Stochastic gradient descent with momentum; formula and defaults of torch 2.x `SGD`.
 * @example
 * ```ts
 * import { backward, nn, optim, tensorScope, tf } from "@lightning-ts/core";
 *
 * const model = new nn.Linear(4, 1);
 * const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
 * const scope = tensorScope(); // a batch of a set-up loader, and a Trainer's step, have one
 * optimizer.zeroGrad();
 * backward(model.forward(tf.ones([8, 4])).square().mean());
 * optimizer.step();
 * scope.close();
 * ```
 */
export class SGD extends Optimizer<SGDParamGroup, SGDOptions> {
  static override readonly stateName = "SGD";

  constructor(params: Params<SGDOptions>, options: SGDOptions = {}, ...more: readonly never[]) {
    super(params, completeOptions("SGD", options, DEFAULTS, TORCH_ONLY), TORCH_ONLY);
    refuseMore("SGD", more);
  }

  protected override completeGroup(group: SGDParamGroup): SGDParamGroup {
    checkNumber("SGD", "lr", group.lr);
    checkNumber("SGD", "momentum", group.momentum);
    checkNumber("SGD", "weightDecay", group.weightDecay);
    checkNumber("SGD", "dampening", group.dampening, Number.NEGATIVE_INFINITY);
    if (group.nesterov && (group.momentum <= 0 || group.dampening !== 0)) {
      throw new MisconfigurationError({
        message: "Nesterov's method needs a momentum and no dampening.",
        expected: "momentum above 0, dampening 0",
        received: `momentum ${group.momentum}, dampening ${group.dampening}`,
      });
    }
    return group;
  }

  protected override updateGroup(group: SGDParamGroup, params: readonly Variable[], grads: readonly Tensor[]): void {
    if (group.momentum === 0) {
      this.#update(group, params, grads, false);
      return;
    }
    const isNew = params.map((param) => this.state.get(param)?.tensors.has(BUFFER) !== true);
    for (const isFirstStep of [true, false]) {
      const chosen = (_: unknown, i: number): boolean => isNew[i] === isFirstStep;
      const members = params.filter(chosen);
      if (members.length > 0) this.#update(group, members, grads.filter(chosen), isFirstStep);
    }
  }

  #update(group: SGDParamGroup, params: readonly Variable[], grads: readonly Tensor[], isFirstStep: boolean): void {
    const { lr, momentum, dampening, weightDecay, nesterov, maximize } = group;
    const buffers =
      momentum !== 0 && !isFirstStep ? { b: params.map((param) => this.stateOf(param).tensor(BUFFER)) } : {};
    const outputs = runFused(sgdUpdate, listInputs({ p: params, g: grads, ...buffers }), {
      lr,
      momentum,
      dampening,
      weightDecay,
      nesterov,
      maximize,
      isFirstStep,
      count: params.length,
    });
    const [values = [], newBuffers = []] = splitOutputs(outputs, params.length);
    assignAll(params, values);
    for (const [i, buffer] of newBuffers.entries()) {
      const param = params[i];
      if (param !== undefined) this.stateOf(param).replace(BUFFER, buffer);
    }
  }
}
