import {
  classNameOf,
  describeValue,
  MisconfigurationError,
  nn,
  type Optimizer,
  rejectUnknownOptions,
} from "@lightning-ts/core";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import { BaseFinetuning } from "./base-finetuning.js";

export interface BackboneFinetuningOptions {
  /** The epoch from which on the backbone is trained. @default 10 */
  readonly unfreezeBackboneAtEpoch?: number | undefined;
  /** By what the backbone's rate is multiplied at the start of each later epoch. @default 2 */
  readonly lambdaFunc?: ((epoch: number) => number) | undefined;
  /** The backbone's first rate, as a share of the first group's. @default 0.1 */
  readonly backboneInitialRatioLr?: number | undefined;
  /** The backbone's first rate; instead of the share. */
  readonly backboneInitialLr?: number | undefined;
  /** Whether the backbone's rate stays at the first group's once it has reached it. @default true */
  readonly shouldAlign?: boolean | undefined;
  /** Whether the optimizer also gets batch norms that it does not have. Before, they are never frozen. @default true */
  readonly trainBn?: boolean | undefined;
  /** Whether to print both rates at the start of each epoch. @default false */
  readonly verbose?: boolean | undefined;
  /** Digits behind the point of printed rates. @default 12 */
  readonly rounding?: number | undefined;
}

const NAMES = [
  "unfreezeBackboneAtEpoch",
  "lambdaFunc",
  "backboneInitialRatioLr",
  "backboneInitialLr",
  "shouldAlign",
  "trainBn",
  "verbose",
  "rounding",
];

/**
 * Trains the head of a model first, and its `backbone` from a given epoch on, with a rate that grows until it has
 * reached the head's. The module's optimizer takes what has `requiresGrad`.
 * @example
 * ```ts
 * import { F, nn, optim, tf } from "@lightning-ts/core";
 * import { BackboneFinetuning, LightningModule, Trainer } from "@lightning-ts/pytorch";
 *
 * class Transfer extends LightningModule<[x: tf.Tensor2D, y: tf.Tensor1D]> {
 *   readonly backbone = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU());
 *   readonly head = new nn.Linear(16, 3);
 *
 *   override trainingStep([x, y]: [x: tf.Tensor2D, y: tf.Tensor1D]) {
 *     return F.crossEntropy(this.head.forward(this.backbone.forward(x)), y);
 *   }
 *   override configureOptimizers() {
 *     return new optim.Adam(this.parameters().filter((parameter) => parameter.requiresGrad));
 *   }
 * }
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [new BackboneFinetuning({ unfreezeBackboneAtEpoch: 5 })] });
 * ```
 */
export class BackboneFinetuning extends BaseFinetuning {
  static override readonly stateName: string = "BackboneFinetuning";

  readonly #unfreezeAt: number;
  readonly #options: BackboneFinetuningOptions;
  #backboneLr: number | undefined;
  #trainer: Trainer | undefined;

  /** @throws MisconfigurationError for options that do not exist or have no meaning */
  constructor(options: BackboneFinetuningOptions = {}) {
    super();
    rejectUnknownOptions("BackboneFinetuning", options, NAMES);
    this.#options = options;
    this.#unfreezeAt = options.unfreezeBackboneAtEpoch ?? 10;
    if (!Number.isSafeInteger(this.#unfreezeAt) || this.#unfreezeAt < 0)
      throw new MisconfigurationError({
        message: "BackboneFinetuning cannot unfreeze at this epoch.",
        expected: "a whole number of at least 0",
        received: describeValue(options.unfreezeBackboneAtEpoch),
      });
  }

  override setup(trainer: Trainer, module: LightningModule): void {
    this.#trainer = trainer;
    super.setup(trainer, module);
  }

  override freezeBeforeTraining(module: LightningModule): void {
    BaseFinetuning.freeze(backboneOf(module));
  }

  override finetuneFunction(module: LightningModule, epoch: number, optimizer: Optimizer): void {
    const { lambdaFunc = () => 2, backboneInitialRatioLr = 0.1, shouldAlign = true, trainBn = true } = this.#options;
    const headLr = optimizer.paramGroups[0]?.lr ?? 0;
    if (epoch === this.#unfreezeAt) {
      const lr = this.#options.backboneInitialLr ?? headLr * backboneInitialRatioLr;
      BaseFinetuning.unfreezeAndAddParamGroup(backboneOf(module), optimizer, { lr, trainBn });
      this.#announce(headLr, lr);
    } else if (epoch > this.#unfreezeAt && this.#backboneLr !== undefined) {
      const grown = lambdaFunc(epoch + 1) * this.#backboneLr;
      const lr = shouldAlign ? Math.min(grown, headLr) : grown;
      const group = optimizer.paramGroups.at(-1);
      if (group !== undefined) group.lr = lr;
      this.#announce(headLr, lr);
    }
  }

  override stateDict(): Record<string, unknown> {
    return { ...super.stateDict(), previous_backbone_lr: this.#backboneLr ?? null };
  }

  override loadStateDict(state: Record<string, unknown>): void {
    const { previous_backbone_lr: lr, ...rest } = state;
    this.#backboneLr = typeof lr === "number" ? lr : undefined;
    super.loadStateDict(rest);
  }

  #announce(headLr: number, backboneLr: number): void {
    this.#backboneLr = backboneLr;
    if (this.#options.verbose !== true) return;
    const shown = [headLr, backboneLr].map((lr) => Number(lr.toFixed(this.#options.rounding ?? 12)));
    this.#trainer?.say(`Current lr: ${shown[0]}, Backbone lr: ${shown[1]}`);
  }
}

function backboneOf(module: LightningModule): nn.Module {
  const backbone: unknown = Reflect.get(module, "backbone");
  if (backbone instanceof nn.Module) return backbone;
  throw new MisconfigurationError({
    message: `BackboneFinetuning found no backbone in ${classNameOf(module)}.`,
    expected: "a module in the field backbone",
    received: describeValue(backbone),
  });
}
