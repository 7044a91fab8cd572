import { type nn, rejectUnknownOptions } from "@lightning-ts/core";
import { badOption } from "../../errors/bad-option.js";

/** A parameter, by the module that holds it and the field's name. */
export type PrunedField = readonly [module: nn.Module, name: string];

/** Values on the host that are to be pruned: of one parameter, or of all of them as one list. */
export interface PruningInput {
  readonly values: Float32Array;
  /** 0 where the value is pruned already. */
  readonly mask: Float32Array;
  readonly shape: readonly number[];
  /** How many, or which part of those that are left. */
  readonly amount: number;
}

/** A way of pruning of your own. @returns the new mask: 0 where a value is to be pruned */
export type PruningMethod = (input: PruningInput) => ArrayLike<number>;

/** Lightning's names of the ways that come with it. */
export type PruningName = "l1_unstructured" | "random_unstructured" | "ln_structured" | "random_structured";

export interface ModelPruningOptions {
  /** What goes first: values of least magnitude, random ones, channels of least norm, random channels. */
  readonly pruningFn: PruningName | PruningMethod;
  /** @default all weights and biases of the model's layers */
  readonly parametersToPrune?: readonly PrunedField[] | undefined;
  /** Which fields of the layers. @default ["weight", "bias"] */
  readonly parameterNames?: readonly ("weight" | "bias")[] | undefined;
  /** Prune over all parameters together. For channels set it to false. @default true */
  readonly useGlobalUnstructured?: boolean | undefined;
  /** How many values or channels (a whole number), or which part of those that are left; may depend on the epoch. */
  readonly amount?: number | ((epoch: number) => number) | undefined;
  /** Whether anything is pruned in an epoch. @default true */
  readonly applyPruning?: boolean | ((epoch: number) => boolean) | undefined;
  /** Whether checkpoints, and the model after training, have zeros in place of masks. @default true */
  readonly makePruningPermanent?: boolean | undefined;
  /** Whether what is left goes back to its first values after each pruning (Frankle & Carbin, 2019). @default true */
  readonly useLotteryTicketHypothesis?: boolean | ((epoch: number) => boolean) | undefined;
  /** Draw new values instead of the first ones. @default false */
  readonly resampleParameters?: boolean | undefined;
  /** The dimension of channels. */
  readonly pruningDim?: number | undefined;
  /** The order of the norm of channels, for `ln_structured`. */
  readonly pruningNorm?: number | undefined;
  /** 0 says nothing, 1 how sparse the model is, 2 how sparse each parameter is. @default 0 */
  readonly verbose?: 0 | 1 | 2 | undefined;
  /** Prune after training epochs; otherwise after validation. @default true */
  readonly pruneOnTrainEpochEnd?: boolean | undefined;
}

const NAMES = [
  ...["pruningFn", "parametersToPrune", "parameterNames", "useGlobalUnstructured", "amount", "applyPruning"],
  ...["makePruningPermanent", "useLotteryTicketHypothesis", "resampleParameters", "pruningDim", "pruningNorm"],
  ...["verbose", "pruneOnTrainEpochEnd"],
];
const KNOWN: readonly string[] = ["l1_unstructured", "random_unstructured", "ln_structured", "random_structured"];

/** @throws MisconfigurationError for options that do not exist, have no meaning or do not go together */
export function checkPruningOptions(options: ModelPruningOptions): void {
  const bad = (name: keyof ModelPruningOptions, expected: string): Error =>
    badOption("ModelPruning", name, expected, options[name]);
  rejectUnknownOptions("ModelPruning", options, NAMES);
  const { pruningFn, parameterNames = [], useGlobalUnstructured = true, amount = 0.5, verbose = 0 } = options;
  if (typeof pruningFn !== "function" && !KNOWN.includes(pruningFn))
    throw bad("pruningFn", `one of ${KNOWN.map((name) => `"${name}"`).join(", ")}, or a function`);
  if (!parameterNames.every((name) => name === "weight" || name === "bias"))
    throw bad("parameterNames", '"weight" and "bias"');
  if (typeof amount !== "function" && !isAmount(amount))
    throw bad("amount", "a whole number of at least 0, a part from 0 to 1, or a function of the epoch");
  if (![0, 1, 2].includes(verbose)) throw bad("verbose", "0, 1 or 2");
  if (pruningFn !== "ln_structured" && pruningFn !== "random_structured") return;
  if (useGlobalUnstructured)
    throw bad("useGlobalUnstructured", "false: channels are pruned in one parameter at a time");
  if (!Number.isInteger(options.pruningDim)) throw bad("pruningDim", "the dimension of the channels");
  if (pruningFn === "ln_structured" && !(Number(options.pruningNorm) > 0))
    throw bad("pruningNorm", "the order of the norm, above 0, or Infinity");
}

export function isAmount(amount: unknown): amount is number {
  return typeof amount === "number" && amount >= 0 && (Number.isInteger(amount) || amount < 1);
}
