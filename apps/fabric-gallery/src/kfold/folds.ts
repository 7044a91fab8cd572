import type { RandomStream } from "lightning-ts/core";

export interface Fold {
  readonly train: number[];
  readonly validation: number[];
}

/** Splits 0 … length-1 into folds at random; every index is validated once. */
export function foldsOf(length: number, count: number, random: RandomStream): Fold[] {
  const order = [...random.permutation(length)];
  return Array.from({ length: count }, (_, fold) => ({
    train: order.filter((_, position) => position % count !== fold),
    validation: order.filter((_, position) => position % count === fold),
  }));
}
