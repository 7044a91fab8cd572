import { rejectUnknownOptions, tf } from "@lightning-ts/core";
import { requireOneOf } from "../base/check-options.js";
import { asColumns, columnsOf, requireColumns } from "./columns.js";
import { significanceOf, tauOf, type KendallAlternative, type KendallVariant } from "./kendall-tau.js";
import { countPairs } from "./pair-counts.js";
import { columnPairs, SamplePairs, type ColumnPair, type SamplePairsOptions } from "./sample-pairs.js";

export interface KendallFormOptions {
  /** "a" ignores ties, "b" corrects for them, "c" is for tables of any form. @default "b" */
  readonly variant?: KendallVariant | undefined;
  /** Gives the p-value of a test for independence too. @default false */
  readonly tTest?: boolean | undefined;
  /** What the test asks for. @default "two-sided" */
  readonly alternative?: KendallAlternative | undefined;
}

export interface KendallRankCorrCoefOptions extends KendallFormOptions, SamplePairsOptions {}

const FORM_OPTIONS = ["variant", "tTest", "alternative"];

interface Settings {
  readonly variant: KendallVariant;
  readonly tTest: boolean;
  readonly alternative: KendallAlternative;
}

function resolved(owner: string, options: KendallFormOptions): Settings {
  const { variant = "b", tTest = false, alternative = "two-sided" } = options;
  requireOneOf(owner, "variant", variant, ["a", "b", "c"]);
  requireOneOf(owner, "alternative", alternative, ["two-sided", "less", "greater"]);
  return { variant, tTest, alternative };
}

function valueOf(pairs: readonly ColumnPair[], { variant, tTest, alternative }: Settings) {
  const counts = pairs.map(countPairs);
  const tau = squeezedVector(counts.map((one) => tauOf(one, variant)));
  if (!tTest) return tau;
  const pValue = squeezedVector(counts.map((one) => significanceOf(one, variant, alternative)));
  return [tau, pValue] satisfies [tf.Tensor, tf.Tensor];
}

function squeezedVector(values: readonly number[]): tf.Tensor {
  return values.length === 1 ? tf.scalar(values[0] ?? Number.NaN) : tf.tensor1d([...values]);
}

/**
 * Kendall's rank correlation coefficient, between -1 and 1. Reads all values from the device, to sort them.
 * @param preds [rows], or [rows, columns] for a value of each column
 * @param target the same shape
 * @returns a scalar, or [columns]; with `tTest` a pair of it and the p-value
 */
export function kendallRankCorrcoef(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: KendallFormOptions = {},
): tf.Tensor | [tf.Tensor, tf.Tensor] {
  rejectUnknownOptions("kendallRankCorrcoef", options, FORM_OPTIONS);
  const settings = resolved("kendallRankCorrcoef", options);
  requireColumns("KendallRankCorrCoef", preds, target, columnsOf(preds));
  return valueOf(columnPairs(asColumns(preds), asColumns(target)), settings);
}

/**
 * Kendall's rank correlation coefficient, between -1 and 1. Keeps all rows of all batches until `compute`, which reads
 * them from the device to sort them; so does the value of a batch.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { KendallRankCorrCoef } from "@lightning-ts/metrics";
 *
 * const correlation = new KendallRankCorrCoef({ variant: "a" });
 * correlation.update(tf.tensor1d([1, 2, 3]), tf.tensor1d([1, 3, 2]));
 * const tau = correlation.compute();
 * if (tau instanceof tf.Tensor) console.log(tau.dataSync()[0]?.toFixed(3)); // 0.333
 * ```
 */
export class KendallRankCorrCoef extends SamplePairs {
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  readonly #settings: Settings;

  constructor(options: KendallRankCorrCoefOptions = {}) {
    super("KendallRankCorrCoef", options, [...FORM_OPTIONS, "numOutputs"]);
    this.#settings = resolved("KendallRankCorrCoef", options);
  }

  /** A pair of the coefficient and the p-value, with `tTest`. */
  override compute(): tf.Tensor | [tf.Tensor, tf.Tensor] {
    return valueOf(this.pairs(), this.#settings);
  }
}
