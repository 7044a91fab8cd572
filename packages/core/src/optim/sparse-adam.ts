import { refuseMore } from "../errors/refuse-more.js";
import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import { checkNumber } from "./check-number.js";
import { BETAS, checkBetas, MOMENTS, STATE_WITH_MOMENTS } from "./moments.js";
import type { ParamGroup, Params } from "./param-group.js";
import type { ParamState } from "./param-state.js";
import { PerParameterOptimizer, type ParamStep } from "./per-parameter-optimizer.js";
import { completeOptions } from "./torch-only-options.js";

export interface SparseAdamOptions {
  /** @default 0.001 */
  readonly lr?: number | undefined;
  /** Decay of the running means of the gradient and of its square. @default [0.9, 0.999] */
  readonly betas?: readonly [number, number] | undefined;
  /** @default 1e-8 */
  readonly eps?: number | undefined;
  /** Go up the gradient. @default false */
  readonly maximize?: boolean | undefined;
}

export interface SparseAdamParamGroup extends ParamGroup {
  betas: readonly [number, number];
  eps: number;
  maximize: boolean;
}

const DEFAULTS = { lr: 1e-3, ...BETAS, eps: 1e-8, maximize: false };

/**
 * Adam for tables of which a batch asks for a few rows: rows without gradient stay as they are, and so do their running
 * means. Formula and defaults of torch 2.x `SparseAdam`. Gradients are dense tensors here, so it takes those of
 * `nn.Embedding` and `nn.EmbeddingBag` without PyTorch's `sparse`, and saves no memory; a row that was asked for but
 * whose gradient is zero everywhere stays as it is too, where PyTorch lets its means decay.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const words = new nn.Embedding(1000, 16);
 * const head = new nn.Linear(16, 2);
 * const optimizers = [new optim.SparseAdam(words.parameters()), new optim.Adam(head.parameters())];
 * console.log(optimizers.length); // 2
 * ```
 */
export class SparseAdam extends PerParameterOptimizer<SparseAdamParamGroup, SparseAdamOptions> {
  static override readonly stateName = "SparseAdam";

  constructor(params: Params<SparseAdamOptions>, options: SparseAdamOptions = {}, ...more: readonly never[]) {
    super(params, completeOptions("SparseAdam", options, DEFAULTS, []));
    refuseMore("SparseAdam", more);
  }

  protected override get requiredState(): readonly string[] {
    return STATE_WITH_MOMENTS;
  }

  protected override completeGroup(group: SparseAdamParamGroup): SparseAdamParamGroup {
    checkNumber("SparseAdam", "lr", group.lr);
    checkNumber("SparseAdam", "eps", group.eps);
    checkBetas("SparseAdam", group);
    return group;
  }

  protected override valueAfter(group: SparseAdamParamGroup, { param, grad: rawGrad, state }: ParamStep): Tensor {
    const { lr, betas, eps, maximize } = group;
    const step = (state.step ?? 0) + 1;
    state.numbers.set("step", step);
    const rate = (lr * Math.sqrt(1 - betas[1] ** step)) / (1 - betas[0] ** step);
    const grad = maximize ? tf.neg(rawGrad) : rawGrad;
    const isAsked = rowsWithGradient(grad);
    const [first, second] = MOMENTS.map(({ name }, i) =>
      remember(state, name, { value: i === 0 ? grad : tf.square(grad), share: 1 - (betas[i] ?? 0), isAsked }),
    );
    if (first === undefined || second === undefined) return tf.clone(param);
    return tf.where(isAsked, tf.sub(param, tf.mul(tf.div(first, tf.add(tf.sqrt(second), eps)), rate)), param);
  }
}

/** Which rows have a gradient, of the gradient's shape. */
function rowsWithGradient(grad: Tensor): Tensor {
  const isMoved = tf.notEqual(grad, 0);
  if (grad.rank < 2) return isMoved;
  const within = grad.shape.map((_, axis) => axis).slice(1);
  return tf.broadcastTo(tf.any(isMoved, within, true), grad.shape);
}

/** Takes a value into a running mean, in the rows that were asked for. */
function remember(
  state: ParamState,
  name: string,
  { value, share, isAsked }: { readonly value: Tensor; readonly share: number; readonly isAsked: Tensor },
): Tensor {
  const before = state.tensors.get(name) ?? tf.zeros(value.shape);
  const after = tf.where(isAsked, tf.add(before, tf.mul(tf.sub(value, before), share)), before);
  state.replace(name, tf.keep(after));
  return after;
}
