import { refuseMore } from "../errors/refuse-more.js";
import { type Tensor, zeros } from "@tensorflow/tfjs-core";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { tf } from "../tensor/tf.js";
import { checkNumber } from "./check-number.js";
import { nearestOrthogonal } from "./nearest-orthogonal.js";
import type { ParamGroup, Params } from "./param-group.js";
import { PerParameterOptimizer, type ParamStep } from "./per-parameter-optimizer.js";
import { completeOptions } from "./torch-only-options.js";

/** How a matrix's shape changes the rate. */
export type MuonRate = "original" | "match_rms_adamw" | "spectral_unclamped";

export interface MuonOptions {
  /** @default 0.001 */
  readonly lr?: number | undefined;
  /** Decoupled weight decay: the rate at which parameters shrink. @default 0.1 */
  readonly weightDecay?: number | undefined;
  /** @default 0.95 */
  readonly momentum?: number | undefined;
  /** @default true */
  readonly nesterov?: boolean | undefined;
  /** The coefficients of the polynomial of each Newton-Schulz step. @default [3.4445, -4.775, 2.0315] */
  readonly nsCoefficients?: readonly [number, number, number] | undefined;
  /** The least norm that an update is divided by. @default 1e-7 */
  readonly eps?: number | undefined;
  /** Newton-Schulz steps. @default 5 */
  readonly nsSteps?: number | undefined;
  /** @default "original": times √max(1, rows / columns) */
  readonly adjustLrFn?: MuonRate | undefined;
}

export interface MuonParamGroup extends ParamGroup {
  weightDecay: number;
  momentum: number;
  nesterov: boolean;
  nsCoefficients: readonly [number, number, number];
  eps: number;
  nsSteps: number;
  adjustLrFn: MuonRate | undefined;
}

const RATES: readonly unknown[] = [undefined, "original", "match_rms_adamw", "spectral_unclamped"];
const CHOICES: Pick<MuonParamGroup, "nsCoefficients" | "adjustLrFn"> = {
  nsCoefficients: [3.4445, -4.775, 2.0315],
  adjustLrFn: undefined,
};
const DEFAULTS = { lr: 1e-3, weightDecay: 0.1, momentum: 0.95, nesterov: true, eps: 1e-7, nsSteps: 5, ...CHOICES };
const BUFFER = "momentum_buffer";

/**
 * Muon (Jordan et al., 2024): momentum whose matrix is made orthogonal, for the matrices of hidden layers. Formula and
 * defaults of torch 2.x `Muon`, the rounding of its Newton-Schulz steps to bfloat16 included.
 * @example
 * ```ts
 * import { nn, optim } from "@lightning-ts/core";
 *
 * const model = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 1));
 * const matrices = model.parameters().filter(({ rank }) => rank === 2);
 * const others = model.parameters().filter(({ rank }) => rank !== 2);
 * const optimizers = [new optim.Muon(matrices, { lr: 0.02 }), new optim.AdamW(others, { lr: 1e-3 })];
 * console.log(optimizers.length); // 2: vectors are left to another optimizer
 * ```
 */
export class Muon extends PerParameterOptimizer<MuonParamGroup, MuonOptions> {
  static override readonly stateName = "Muon";

  constructor(params: Params<MuonOptions>, options: MuonOptions = {}, ...more: readonly never[]) {
    super(params, completeOptions("Muon", options, DEFAULTS, []));
    refuseMore("Muon", more);
  }

  protected override get stateNumbers(): readonly string[] {
    return [];
  }

  protected override completeGroup(group: MuonParamGroup): MuonParamGroup {
    for (const name of ["lr", "momentum", "weightDecay"] as const) checkNumber("Muon", name, group[name]);
    checkNumber("Muon", "nsSteps", group.nsSteps, 0, 100);
    if (!RATES.includes(group.adjustLrFn))
      throw new MisconfigurationError({
        message: "Muon does not know this adjustLrFn.",
        expected: '"original", "match_rms_adamw" or "spectral_unclamped"',
        received: String(group.adjustLrFn),
      });
    const index = group.params.findIndex(({ shape }) => shape.length !== 2);
    const other = group.params[index];
    if (other !== undefined)
      throw new MisconfigurationError({
        message: `Muon only updates matrices, which parameter ${index} of its group is not.`,
        expected: "parameters of two dimensions",
        received: `[${other.shape.join(", ")}]${group.paramNames === undefined ? "" : `, "${group.paramNames[index]}"`}`,
        tryThis: "AdamW for biases, embeddings and everything else.",
      });
    return group;
  }

  protected override valueAfter(group: MuonParamGroup, { param, grad, state }: ParamStep): Tensor {
    const { lr, weightDecay, momentum, nesterov, nsCoefficients, eps, nsSteps } = group;
    const before = state.tensors.get(BUFFER) ?? zeros(param.shape);
    const buffer = tf.add(before, tf.mul(tf.sub(grad, before), 1 - momentum));
    const direction = nesterov ? tf.add(grad, tf.mul(tf.sub(buffer, grad), momentum)) : buffer;
    const update = nearestOrthogonal(direction, { coefficients: nsCoefficients, steps: nsSteps, eps });
    state.replace(BUFFER, tf.keep(buffer));
    return tf.sub(tf.mul(param, 1 - lr * weightDecay), tf.mul(update, lr * rateFactor(group, param.shape)));
  }
}

function rateFactor({ adjustLrFn }: MuonParamGroup, [rows = 1, columns = 1]: readonly number[]): number {
  if (adjustLrFn === "match_rms_adamw") return 0.2 * Math.sqrt(Math.max(rows, columns));
  return Math.sqrt(adjustLrFn === "spectral_unclamped" ? rows / columns : Math.max(1, rows / columns));
}
