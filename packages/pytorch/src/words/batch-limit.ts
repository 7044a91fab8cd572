/**
 * How much of the data to use: a whole number counts batches, a fraction below 1 or a percentage (`"25%"`) is a part of
 * them. `1` means one batch; everything is `"100%"`.
 */
export type BatchLimit = number | `${number}%`;

/** A resolved `BatchLimit`. */
export type ResolvedLimit =
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "fraction"; readonly fraction: number };

/** Whole numbers count, numbers below 1 and percentages are parts; `undefined` for anything else. */
export function parseLimit(value: unknown): ResolvedLimit | undefined {
  if (typeof value === "string") {
    const percent = /^(\d+(?:\.\d+)?)%$/.exec(value)?.[1];
    const fraction = percent === undefined ? Number.NaN : Number(percent) / 100;
    return fraction <= 1 ? { kind: "fraction", fraction } : undefined;
  }
  if (typeof value !== "number" || !(value >= 0)) return undefined;
  if (Number.isSafeInteger(value)) return { kind: "count", count: value };
  return value < 1 ? { kind: "fraction", fraction: value } : undefined;
}

export function isZeroLimit(limit: ResolvedLimit): boolean {
  return limit.kind === "count" ? limit.count === 0 : limit.fraction === 0;
}

/** The limit as an option holds it: batches, or a part of them. */
export function limitAsGiven(limit: ResolvedLimit): BatchLimit {
  if (limit.kind === "count") return limit.count;
  return limit.fraction === 1 || limit.fraction === 0 ? `${limit.fraction * 100}%` : limit.fraction;
}
