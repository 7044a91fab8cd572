import { refuseMore } from "../errors/refuse-more.js";
import { type Tensor, type Variable, zeros } from "@tensorflow/tfjs-core";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { tf } from "../tensor/tf.js";
import { checkNumber } from "./check-number.js";
import type { ParamGroup, Params } from "./param-group.js";
import type { ParamState } from "./param-state.js";
import { PerParameterOptimizer, type ParamStep } from "./per-parameter-optimizer.js";
import { completeOptions, type TorchOnlyOptions } from "./torch-only-options.js";

export interface AdafactorOptions extends Pick<TorchOnlyOptions, "foreach"> {
  /** The rate of weight decay, and the largest step relative to a parameter's size. @default 0.01 */
  readonly lr?: number | undefined;
  /** The mean square of step `n`, from 1, takes in `n ** beta2Decay` of the new square. At most 0. @default -0.8 */
  readonly beta2Decay?: number | undefined;
  /**
   * Least denominators, and the least scale of a parameter; null means the smallest step above 1 in float32.
   * @default [null, 0.001]
   */
  readonly eps?: readonly [number | null, number] | undefined;
  /** Updates whose root mean square is larger are scaled down to it. At least 1. @default 1 */
  readonly d?: number | undefined;
  /** Decoupled weight decay: the rate at which parameters shrink. @default 0 */
  readonly weightDecay?: number | undefined;
  /** Go up the gradient. @default false */
  readonly maximize?: boolean | undefined;
}

export interface AdafactorParamGroup extends ParamGroup {
  beta2Decay: number;
  eps: readonly [number | null, number];
  d: number;
  weightDecay: number;
  maximize: boolean;
}

const TORCH_ONLY = ["foreach"] as const;
const EPS: Pick<AdafactorParamGroup, "eps"> = { eps: [null, 1e-3] };
const DEFAULTS = { lr: 1e-2, beta2Decay: -0.8, ...EPS, d: 1, weightDecay: 0, maximize: false };
const FLOAT32_EPSILON = 2 ** -23;

/**
 * Adafactor (Shazeer and Stern, 2018): a matrix's mean squares are remembered as one row and one column. Formula and
 * defaults of torch 2.x `Adafactor`.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const model = new nn.Linear(4, 1);
 * const optimizer = new optim.Adafactor(model.parameters(), { lr: 0.01 });
 * console.log(optimizer.paramGroups[0]?.lr);
 * ```
 */
export class Adafactor extends PerParameterOptimizer<AdafactorParamGroup, AdafactorOptions> {
  static override readonly stateName = "Adafactor";

  constructor(params: Params<AdafactorOptions>, options: AdafactorOptions = {}, ...more: readonly never[]) {
    super(params, completeOptions("Adafactor", options, DEFAULTS, TORCH_ONLY), TORCH_ONLY);
    refuseMore("Adafactor", more);
  }

  protected override stateShape(name: string, { shape }: Variable): readonly number[] | undefined {
    if (shape.length < 2) return name === "variance" ? shape : undefined;
    if (name === "row_var") return [...shape.slice(0, -1), 1];
    return name === "col_var" ? columnShape(shape) : undefined;
  }

  protected override completeGroup(group: AdafactorParamGroup): AdafactorParamGroup {
    checkNumber("Adafactor", "lr", group.lr);
    checkNumber("Adafactor", "weightDecay", group.weightDecay);
    checkNumber("Adafactor", "d", group.d, 1);
    for (const eps of group.eps) checkNumber("Adafactor", "eps", eps ?? 0);
    if (!(group.beta2Decay <= 0))
      throw new MisconfigurationError({
        message: "Adafactor's beta2Decay is not usable.",
        expected: "a number of at most 0",
        received: String(group.beta2Decay),
      });
    return group;
  }

  protected override valueAfter(group: AdafactorParamGroup, { param, grad: rawGrad, state }: ParamStep): Tensor {
    const { lr, beta2Decay, eps, d, weightDecay, maximize } = group;
    const step = (state.step ?? 0) + 1;
    const least = eps[0] ?? FLOAT32_EPSILON;
    const grad = maximize ? tf.neg(rawGrad) : rawGrad;
    const rate = tf.mul(tf.maximum(rootMeanSquare(param), eps[1]), Math.min(lr, 1 / Math.sqrt(step)));
    const variance = meanSquares(state, grad, step ** beta2Decay, least);
    const update = tf.mul(tf.rsqrt(tf.maximum(variance, least * least)), grad);
    const excess = tf.maximum(tf.div(rootMeanSquare(update), d), 1);
    const start = weightDecay === 0 ? param : tf.mul(param, 1 - lr * weightDecay);
    state.numbers.set("step", step);
    return tf.sub(start, tf.mul(update, tf.div(rate, excess)));
  }
}

/** Takes a gradient's squares into the state. @returns an estimate of their mean */
function meanSquares(state: ParamState, grad: Tensor, share: number, least: number): Tensor {
  const { shape } = grad;
  const squares = tf.square(grad);
  if (shape.length < 2) return remember(state, "variance", squares, share);
  const rows = remember(state, "row_var", tf.mean(squares, -1, true), share);
  const columns = remember(state, "col_var", tf.mean(squares, -2, true), share);
  return tf.div(tf.mul(rows, columns), tf.maximum(tf.mean(rows, -2, true), least));
}

function remember(state: ParamState, name: string, value: Tensor, share: number): Tensor {
  const before = state.tensors.get(name) ?? zeros(value.shape);
  const after = tf.add(before, tf.mul(tf.sub(value, before), share));
  state.replace(name, tf.keep(after));
  return after;
}

function rootMeanSquare(tensor: Tensor): Tensor {
  return tf.sqrt(tf.mean(tf.square(tensor)));
}

function columnShape(shape: readonly number[]): readonly number[] {
  return shape.map((size, axis) => (axis === shape.length - 2 ? 1 : size));
}
