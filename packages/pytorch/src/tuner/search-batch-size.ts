/** What became of a trial: it ran, it needs more memory than there is, or no larger batch exists. */
export type TrialOutcome = "fits" | "too large" | "whole dataset";

export interface BatchSizeSearch {
  /** `"power"` doubles until it fails; `"binsearch"` then looks between the last two. */
  readonly mode: "power" | "binsearch";
  readonly initVal: number;
  readonly maxVal: number;
  readonly maxTrials: number;
  /** Hears what became of a trial that is not the last one, and which size comes next. */
  readonly onNext?: (batchSize: number, outcome: TrialOutcome, next: number) => void;
  /** Tries a size. */
  readonly attempt: (batchSize: number) => Promise<TrialOutcome>;
}

/** @returns the largest size that fits, as far as the search came; undefined where not even 1 does */
export async function searchBatchSize({
  mode,
  initVal,
  maxVal,
  maxTrials,
  onNext,
  attempt,
}: BatchSizeSearch): Promise<number | undefined> {
  let fitting: number | undefined;
  let failing = Number.POSITIVE_INFINITY;
  let next: number | undefined = initVal;
  for (let trial = 0; trial < maxTrials && next !== undefined; trial += 1) {
    const size: number = next;
    const outcome = await attempt(size);
    if (outcome === "whole dataset") return size;
    if (outcome === "fits") fitting = size;
    else failing = size;
    next = nextSize(mode, fitting, failing, maxVal);
    if (next !== undefined && trial + 1 < maxTrials) onNext?.(size, outcome, next);
  }
  return fitting;
}

function nextSize(
  mode: "power" | "binsearch",
  fitting: number | undefined,
  failing: number,
  maxVal: number,
): number | undefined {
  if (fitting === undefined) return failing > 1 ? Math.floor(failing / 2) : undefined;
  if (failing === Number.POSITIVE_INFINITY) return fitting < maxVal ? Math.min(2 * fitting, maxVal) : undefined;
  if (mode === "power" || failing - fitting <= 1) return undefined;
  return Math.floor((fitting + failing) / 2);
}
