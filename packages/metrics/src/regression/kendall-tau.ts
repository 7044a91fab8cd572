import { normalCdf } from "../base/normal-cdf.js";
import type { PairCounts } from "./pair-counts.js";

export type KendallVariant = "a" | "b" | "c";
export type KendallAlternative = "two-sided" | "less" | "greater";

/** Kendall's coefficient of a variant. */
export function tauOf(counts: PairCounts, variant: KendallVariant): number {
  const difference = counts.concordant - counts.discordant;
  return Math.min(1, Math.max(-1, difference / scaleOf(counts, variant)));
}

function scaleOf({ rows, concordant, discordant, preds, target }: PairCounts, variant: KendallVariant): number {
  const all = (rows * (rows - 1)) / 2;
  switch (variant) {
    case "a":
      return concordant + discordant;
    case "b":
      return Math.sqrt((all - preds.pairs) * (all - target.pairs));
    case "c": {
      const classes = Math.min(preds.distinct, target.distinct);
      return (((classes - 1) / classes) * rows ** 2) / 2;
    }
    default:
      return variant satisfies never;
  }
}

/** The p-value of a test whether the columns are independent, by a normal approximation. */
export function significanceOf(counts: PairCounts, variant: KendallVariant, alternative: KendallAlternative): number {
  const score = (counts.concordant - counts.discordant) / deviationOf(counts, variant);
  switch (alternative) {
    case "two-sided":
      return 2 * normalCdf(-Math.abs(score));
    case "greater":
      return normalCdf(-score);
    case "less":
      return normalCdf(score);
    default:
      return alternative satisfies never;
  }
}

/** The standard deviation of the difference of counts, were the columns independent. */
function deviationOf({ rows, preds, target }: PairCounts, variant: KendallVariant): number {
  const ordered = rows * (rows - 1);
  const base = ordered * (2 * rows + 5);
  if (variant === "a") return Math.sqrt(base / 18);
  const variance =
    (base - preds.variance - target.variance) / 18 +
    (2 * preds.pairs * target.pairs) / ordered +
    (preds.third * target.third) / (9 * ordered * (rows - 2));
  return Math.sqrt(variance);
}
