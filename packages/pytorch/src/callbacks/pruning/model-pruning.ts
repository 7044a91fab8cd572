import { classNameOf, nn } from "@lightning-ts/core";
import { TensorBuffer } from "@tensorflow/tfjs-core";
import { Callback } from "../../contract/callback.js";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import { badOption } from "../../errors/bad-option.js";
import type { CheckpointContent } from "../../words/checkpoint-content.js";
import type { Stage } from "../../words/stages.js";
import { unreadableState } from "../unreadable-state.js";
import { permanentState } from "./permanent-state.js";
import { findFields, hostOf, maskOf, originalOf, pruneBy, putMask } from "./pruned-fields.js";
import { checkPruningOptions, isAmount, type ModelPruningOptions, type PrunedField } from "./pruning-options.js";
import { resample } from "./reset-values.js";
import { describeSparsity, sparsityOf } from "./sparsity.js";

const { prune } = nn.utils;

/**
 * Sets weights to zero after each epoch and keeps them there: those of least magnitude, random ones, or whole channels,
 * on `nn.utils.prune`. By default what is left goes back to its first values (the lottery ticket hypothesis).
 * Checkpoints hold zeros, and so does the model when training ends; masks of a run that goes on are in its state.
 * @example
 * ```ts
 * import { ModelPruning, Trainer } from "@lightning-ts/pytorch";
 *
 * const pruning = new ModelPruning({ pruningFn: "l1_unstructured", amount: 0.2, useLotteryTicketHypothesis: false });
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [pruning] });
 * ```
 */
export class ModelPruning extends Callback {
  static override readonly stateName: string = "ModelPruning";

  readonly #options: ModelPruningOptions;
  #fields: readonly PrunedField[] = [];
  /** The values that the parameters began with. */
  #first: readonly Float32Array[] = [];
  #restored: Record<string, unknown> | undefined;

  /** @throws MisconfigurationError for options that do not exist, have no meaning or do not go together */
  constructor(options: ModelPruningOptions) {
    super();
    checkPruningOptions(options);
    this.#options = options;
  }

  /** Which parameters are pruned, of those that were asked for. @default all of them */
  filterParametersToPrune(fields: readonly PrunedField[]): readonly PrunedField[] {
    return fields;
  }

  override setup(_trainer: Trainer, module: LightningModule, stage: Stage): void {
    this.#restored = undefined;
    if (stage !== "fit") return;
    this.#fields = this.filterParametersToPrune(findFields(module, this.#options));
    this.#first = this.#fields.map((field) => hostOf(field).values);
    // Masks that checkpoints hold under their own names have to be there before one is loaded.
    if (this.#options.makePruningPermanent === false)
      for (const [layer, name] of this.#fields) prune.identity(layer, name);
  }

  override onFitStart(): void {
    const state = this.#restored;
    if (state === undefined) return;
    const [masks, first] = [tensorsOf(state["masks"]), tensorsOf(state["first_values"])];
    if (masks.length > 0) for (const [i, field] of this.#fields.entries()) putMask(field, masks[i] ?? []);
    if (first.length > 0) this.#first = first;
  }

  override onTrainEpochEnd(trainer: Trainer): void {
    if (this.#options.pruneOnTrainEpochEnd !== false) this.#prune(trainer);
  }

  override onValidationEpochEnd(trainer: Trainer): void {
    if (this.#options.pruneOnTrainEpochEnd === false && trainer.stage === "fit" && !trainer.sanityChecking)
      this.#prune(trainer);
  }

  override onTrainEnd(): void {
    if (this.#options.makePruningPermanent === false) return;
    for (const field of this.#fields) if (maskOf(field) !== undefined) prune.remove(...field);
  }

  override teardown(): void {
    this.#first = [];
  }

  override stateDict(): Record<string, unknown> {
    const isPruned = this.#fields.some((field) => maskOf(field) !== undefined);
    const buffers = (values: readonly Float32Array[]) =>
      values.map((one, i) => new TensorBuffer([...(this.#shapes()[i] ?? [])], "float32", one));
    const { useLotteryTicketHypothesis = true, resampleParameters = false } = this.#options;
    const needsFirst = useLotteryTicketHypothesis !== false && !resampleParameters && this.#first.length > 0;
    return {
      ...(isPruned ? { masks: buffers(this.#fields.map((field) => hostOf(field).mask)) } : {}),
      ...(needsFirst ? { first_values: buffers(this.#first) } : {}),
    };
  }

  override loadStateDict(state: Record<string, unknown>): void {
    const sizes = this.#fields.map((field) => originalOf(field)?.size);
    for (const entry of [state["masks"], state["first_values"]]) {
      const held = tensorsOf(entry);
      if (entry !== undefined && (held.length !== sizes.length || held.some(({ length }, i) => length !== sizes[i])))
        throw unreadableState(classNameOf(this), Object.keys(state));
    }
    this.#restored = state;
  }

  override onSaveCheckpoint(_trainer: Trainer, _module: LightningModule, checkpoint: CheckpointContent): void {
    if (this.#options.makePruningPermanent !== false)
      checkpoint["state_dict"] = permanentState(checkpoint["state_dict"]);
  }

  #shapes(): readonly (readonly number[])[] {
    return this.#fields.map((field) => originalOf(field)?.shape ?? []);
  }

  #prune(trainer: Trainer): void {
    const { applyPruning = true, useLotteryTicketHypothesis = true, verbose = 0 } = this.#options;
    const epoch = trainer.currentEpoch;
    const amount = this.#amountIn(epoch);
    const isApplied = typeof applyPruning === "function" ? applyPruning(epoch) : applyPruning;
    if (!isApplied || amount === 0) return;
    const before = this.#fields.map(sparsityOf);
    this.#apply(amount);
    if (verbose > 0)
      for (const line of describeSparsity(this.#fields, before, { ...this.#options, amount, verbose }))
        trainer.say(line);
    const isReset =
      typeof useLotteryTicketHypothesis === "function" ? useLotteryTicketHypothesis(epoch) : useLotteryTicketHypothesis;
    if (isReset) this.#reset();
  }

  #amountIn(epoch: number): number {
    const { amount = 0.5 } = this.#options;
    const now = typeof amount === "function" ? amount(epoch) : amount;
    if (isAmount(now)) return now;
    throw badOption("ModelPruning", "amount", "a whole number of at least 0, or a part from 0 to 1", now);
  }

  #apply(amount: number): void {
    const { pruningFn, useGlobalUnstructured = true, pruningDim: dim = 0, pruningNorm: n = 2 } = this.#options;
    if (typeof pruningFn === "function") pruneBy(pruningFn, this.#fields, amount, useGlobalUnstructured);
    else if (useGlobalUnstructured)
      prune.globalUnstructured(this.#fields, { amount, method: pruningFn === "l1_unstructured" ? "l1" : "random" });
    else {
      for (const [layer, name] of this.#fields) {
        if (pruningFn === "l1_unstructured") prune.l1Unstructured(layer, name, { amount });
        else if (pruningFn === "random_unstructured") prune.randomUnstructured(layer, name, { amount });
        else if (pruningFn === "ln_structured") prune.lnStructured(layer, name, { amount, n, dim });
        else prune.randomStructured(layer, name, { amount, dim });
      }
    }
  }

  #reset(): void {
    for (const [i, field] of this.#fields.entries()) {
      if (this.#options.resampleParameters === true && resample(field)) continue;
      originalOf(field)?.setData(this.#first[i] ?? []);
    }
  }
}

/** The values of a list of tensors on the host. */
function tensorsOf(entry: unknown): Float32Array[] {
  return Array.isArray(entry)
    ? entry.flatMap((one) => (one instanceof TensorBuffer ? [Float32Array.from(one.values, Number)] : []))
    : [];
}
