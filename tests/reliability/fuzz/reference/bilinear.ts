import { Bounded, errorAt, known, type Parts } from "./bounded.js";
import { sizeOf } from "./shapes.js";
import { sumError } from "./index-maps.js";

/** Calls `visit(i, j, k)` for every product a[i] · b[j] that is added to result[k]. */
export type Products = (visit: (i: number, j: number, k: number) => void) => void;

/**
 * What a sum of `count` products may be off, relative to Σ|a · b|. A product of matrices adds within blocks of at most
 * BLOCK inner positions and then the blocks' results, each in order: (BLOCK + count / BLOCK) roundings, and one for
 * each product.
 */
const BLOCK = 256;
export function productError(count: number): number {
  return Math.max(sumError(count), (Math.min(count, BLOCK) + count / BLOCK + 1) * 2 ** -24);
}

/** result[k] = Σ a[i] · b[j]: products of matrices, convolutions. */
export function bilinear(a: Bounded, b: Bounded, shape: readonly number[], products: Products): Bounded {
  const forward = accumulate(a, b, sizeOf(shape), products);
  return new Bounded(shape, forward.values, forward.errors, [a, b], (gradient) => [
    accumulate(gradient, b, a.size, (visit) => products((i, j, k) => visit(k, j, i))),
    accumulate(gradient, a, b.size, (visit) => products((i, j, k) => visit(k, i, j))),
  ]);
}

function accumulate(a: Parts, b: Parts, size: number, products: Products): Parts {
  const values = new Float64Array(size);
  const magnitudes = new Float64Array(size);
  const errors = new Float64Array(size);
  const counts = new Int32Array(size);
  const isExact = a.errors === undefined && b.errors === undefined;
  products((i, j, k) => {
    const [x, y] = [a.values[i]!, b.values[j]!];
    values[k]! += x * y;
    magnitudes[k]! += Math.abs(x * y);
    counts[k]!++;
    if (isExact) return;
    const [ex, ey] = [errorAt(a, i), errorAt(b, j)];
    if (ex !== 0 || ey !== 0) errors[k]! += Math.abs(x) * ey + Math.abs(y) * ex + ex * ey;
  });
  for (let k = 0; k < size; k++) {
    errors[k] = Number.isFinite(values[k])
      ? known(errors[k]! + magnitudes[k]! * productError(counts[k]!) + counts[k]! * 2 ** -126)
      : Number.POSITIVE_INFINITY;
  }
  return { values, errors };
}
