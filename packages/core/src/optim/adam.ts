import { type Tensor, type Variable, zeros } from "@tensorflow/tfjs-core";
import { rejectUnknownOptions } from "../errors/reject-unknown-options.js";
import { adamUpdate } from "../kernels/adam-update.js";
import { runFused } from "../kernels/run-fused.js";
import { listInputs } from "../kernels/tensor-lists.js";
import { checkNumber } from "./check-number.js";
import { Optimizer, assignAll } from "./optimizer.js";
import type { ParamGroup, Params } from "./param-group.js";
import { splitOutputs } from "./split-outputs.js";

export interface AdamOptions {
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

export interface AdamParamGroup extends ParamGroup {
  betas: readonly [number, number];
  eps: number;
  weightDecay: number;
  amsgrad: boolean;
  maximize: boolean;
}

const MEAN = "exp_avg";
const SQUARE = "exp_avg_sq";
const LARGEST = "max_exp_avg_sq";

abstract class AdamFamily extends Optimizer<AdamParamGroup, AdamOptions> {
  readonly #isDecoupled: boolean;

  constructor(
    params: Params<AdamOptions>,
    options: AdamOptions,
    { weightDecay: defaultDecay, isDecoupled }: { readonly weightDecay: number; readonly isDecoupled: boolean },
  ) {
    rejectUnknownOptions(isDecoupled ? "AdamW" : "Adam", options, [
      "lr",
      "betas",
      "eps",
      "weightDecay",
      "amsgrad",
      "maximize",
    ]);
    const {
      lr = 1e-3,
      betas = [0.9, 0.999],
      eps = 1e-8,
      weightDecay = defaultDecay,
      amsgrad = false,
      maximize = false,
    } = options;
    super(params, { lr, betas, eps, weightDecay, amsgrad, maximize });
    this.#isDecoupled = isDecoupled;
  }

  protected override completeGroup(group: AdamParamGroup): AdamParamGroup {
    const owner = this.constructor.name;
    checkNumber(owner, "lr", group.lr);
    checkNumber(owner, "eps", group.eps);
    checkNumber(owner, "weightDecay", group.weightDecay);
    for (const beta of group.betas) checkNumber(owner, "betas", beta, 0, 1);
    return group;
  }

  protected override updateGroup(group: AdamParamGroup, params: readonly Variable[], grads: readonly Tensor[]): void {
    const steps = params.map((param) => this.#prepare(param, group.amsgrad));
    for (const step of new Set(steps)) {
      const chosen = (_: unknown, i: number): boolean => steps[i] === step;
      this.#update(group, params.filter(chosen), grads.filter(chosen), step);
    }
  }

  /** Makes what a parameter lacks for a step. @returns the number of that step, from 1 */
  #prepare(param: Variable, amsgrad: boolean): number {
    const state = this.stateOf(param);
    for (const name of amsgrad ? [MEAN, SQUARE, LARGEST] : [MEAN, SQUARE]) {
      if (!state.tensors.has(name)) state.replace(name, zeros(param.shape));
    }
    return (state.step ?? 0) + 1;
  }

  #update(group: AdamParamGroup, params: readonly Variable[], grads: readonly Tensor[], step: number): void {
    const { lr, betas, eps, weightDecay, amsgrad, maximize } = group;
    const [beta1, beta2] = betas;
    const names = amsgrad ? [MEAN, SQUARE, LARGEST] : [MEAN, SQUARE];
    const states = params.map((param) => this.stateOf(param));
    const list = (name: string): Tensor[] => states.map((state) => state.tensor(name));
    const outputs = runFused(
      adamUpdate,
      listInputs({ p: params, g: grads, m: list(MEAN), v: list(SQUARE), ...(amsgrad ? { x: list(LARGEST) } : {}) }),
      {
        ...{ lr, beta1, beta2, eps, weightDecay, amsgrad, maximize, count: params.length },
        decoupledWeightDecay: this.#isDecoupled,
        biasCorrection1: 1 - beta1 ** step,
        biasCorrection2: 1 - beta2 ** step,
      },
    );
    const [values = [], ...remembered] = splitOutputs(outputs, params.length);
    assignAll(params, values);
    for (const state of states) state.step = step;
    remembered.forEach((tensors, kind) => {
      tensors.forEach((tensor, i) => states[i]?.replace(names[kind] ?? "", tensor));
    });
  }
}

/** Adam (Kingma and Ba, 2015); formula and defaults of torch 2.x `Adam`. */
export class Adam extends AdamFamily {
  constructor(params: Params<AdamOptions>, options: AdamOptions = {}) {
    super(params, options, { weightDecay: 0, isDecoupled: false });
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
  constructor(params: Params<AdamOptions>, options: AdamOptions = {}) {
    super(params, options, { weightDecay: 0.01, isDecoupled: true });
  }
}
