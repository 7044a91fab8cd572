import { sumOf, type RankedQuery } from "./ranked-query.js";

export interface RankingSettings {
  /** How many of the best count; undefined for all. */
  readonly topK: number | undefined;
  /** Whether a query with fewer is divided by how many it has. */
  readonly adaptiveK: boolean;
}

/** Targets of the best, without those whose prediction is not positive. */
function positiveBest({ preds, target }: RankedQuery, topK: number | undefined): number[] {
  return target.map((value, i) => ((preds[i] ?? 0) > 0 ? value : 0)).slice(0, topK);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

export function precisionOf(query: RankedQuery, { topK, adaptiveK }: RankingSettings): number {
  const all = query.target.length;
  const among = topK === undefined || (adaptiveK && topK > all) ? all : topK;
  return sumOf(positiveBest(query, among)) / among;
}

export function recallOf(query: RankedQuery, { topK }: RankingSettings): number {
  return share(sumOf(positiveBest(query, topK)), sumOf(query.target));
}

export function hitRateOf({ target }: RankedQuery, { topK }: RankingSettings): number {
  return sumOf(target.slice(0, topK)) > 0 ? 1 : 0;
}

export function fallOutOf({ target }: RankedQuery, { topK }: RankingSettings): number {
  const irrelevant = target.map((value) => 1 - value);
  return share(sumOf(irrelevant.slice(0, topK)), sumOf(irrelevant));
}

/** The precision among as many of the best as there are relevant ones. */
export function rPrecisionOf({ target }: RankedQuery): number {
  const relevant = sumOf(target);
  return share(sumOf(target.slice(0, relevant)), relevant);
}

export function reciprocalRankOf(query: RankedQuery, { topK }: RankingSettings): number {
  const first = positiveBest(query, topK).findIndex((value) => value > 0);
  return first < 0 ? 0 : 1 / (first + 1);
}

export function averagePrecisionOf(query: RankedQuery, { topK }: RankingSettings): number {
  const ranks = positiveBest(query, topK).flatMap((value, i) => (value > 0 ? [i + 1] : []));
  return share(sumOf(ranks.map((rank, i) => (i + 1) / rank)), ranks.length);
}

/** The discounted gain as a share of the best one; equal predictions share their gains. */
export function normalizedGainOf(query: RankedQuery, { topK }: RankingSettings): number {
  const discount = query.target.map((_, i) => (topK === undefined || i < topK ? 1 / Math.log2(i + 2) : 0));
  const best = query.target.toSorted((a, b) => b - a);
  return share(gain(sharedByTies(query), discount), gain(best, discount));
}

function gain(target: readonly number[], discount: readonly number[]): number {
  return sumOf(target.map((value, i) => value * (discount[i] ?? 0)));
}

function sharedByTies({ preds, target }: RankedQuery): number[] {
  const shared: number[] = [];
  while (shared.length < target.length) {
    const first = shared.length;
    const next = preds.findIndex((value, i) => i > first && value !== preds[first]);
    const tied = target.slice(first, next < 0 ? undefined : next);
    shared.push(...tied.map(() => sumOf(tied) / tied.length));
  }
  return shared;
}
