import { rejectUnknownOptions, tf } from "@lightning-ts/core";
import { requireInteger } from "../base/check-options.js";
import { reducedRows, requireRowReduction, RowValues, type RowReduction } from "../base/row-values.js";
import { tokenDistance } from "./token-distance.js";
import { charactersOf, sentencePairs, type Sentences } from "./words.js";

export interface EditDistanceOptions {
  /** What replacing a character counts. @default 1 */
  readonly substitutionCost?: number | undefined;
  /** How the values of sentences become one. @default "mean" */
  readonly reduction?: RowReduction | undefined;
}

function resolved(owner: string, options: EditDistanceOptions) {
  rejectUnknownOptions(owner, options, ["substitutionCost", "reduction"]);
  const { substitutionCost = 1, reduction = "mean" } = options;
  requireInteger(owner, "substitutionCost", substitutionCost, 0);
  requireRowReduction(owner, reduction);
  return { substitutionCost, reduction };
}

function distances(preds: Sentences, target: Sentences, substitutionCost: number): tf.Tensor1D {
  const pairs = sentencePairs("EditDistance", preds, target);
  return tf.tensor1d(pairs.map(([a, b]) => tokenDistance(charactersOf(a), charactersOf(b), substitutionCost)));
}

/**
 * How many characters have to be inserted, deleted or replaced to make the target of a prediction.
 * @returns a scalar, or [sentences] for `reduction: "none"`
 */
export function editDistance(preds: Sentences, target: Sentences, options: EditDistanceOptions = {}): tf.Tensor {
  const { substitutionCost, reduction } = resolved("editDistance", options);
  return reducedRows(distances(preds, target, substitutionCost), reduction);
}

/**
 * How many characters have to be inserted, deleted or replaced to make the target of a prediction, over all batches.
 * @example
 * ```ts
 * import { EditDistance } from "@lightning-ts/metrics";
 *
 * const distance = new EditDistance();
 * distance.update(["rain", "lnaguaeg"], ["shine", "language"]);
 * console.log(distance.compute().dataSync()[0]); // 3.5
 * ```
 */
export class EditDistance extends RowValues {
  override readonly higherIsBetter = false;
  override readonly plotLowerBound = 0;
  readonly substitutionCost: number;

  constructor(options: EditDistanceOptions = {}) {
    const { substitutionCost, reduction } = resolved("EditDistance", options);
    super("EditDistance", reduction, options);
    this.substitutionCost = substitutionCost;
  }

  /** @param preds and `target` are a sentence, or as many sentences */
  override update(preds: Sentences, target: Sentences): void {
    this.addRows(distances(preds, target, this.substitutionCost));
  }
}
