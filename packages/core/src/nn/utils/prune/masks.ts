import { MisconfigurationError } from "../../../errors/misconfiguration-error.js";
import { RandomStream } from "../../../random/random-stream.js";

/** A tensor's values and shape on the host. */
export interface HostValues {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** Random pruning draws from the random stream "prune". */
const stream = (): RandomStream => RandomStream.named("prune");

/** Elements or channels to prune: a number of them, or a share of those that are left. */
export function countToPrune(owner: string, amount: number, total: number): number {
  const count = Number.isInteger(amount) && amount !== 0 && amount !== 1 ? amount : roundHalfEven(amount * total);
  const wanted = amount === 1 ? 1 : count;
  if (amount >= 0 && wanted <= total) return wanted;
  throw new MisconfigurationError({
    message: `${owner} cannot prune this amount.`,
    expected: `a whole number from 0 to ${total}, or a share from 0 to below 1`,
    received: String(amount),
  });
}

/** As Python rounds. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}

/** The mask without the elements whose importance is least, of those that it still has. */
export function withoutLeast(owner: string, mask: Float32Array, importance: ArrayLike<number>, amount: number) {
  const left = Array.from(mask, (kept, i) => ({ kept, i })).filter(({ kept }) => kept !== 0);
  const order = left.sort((a, b) => (importance[a.i] ?? 0) - (importance[b.i] ?? 0));
  const next = mask.slice();
  for (const { i } of order.slice(0, countToPrune(owner, amount, left.length))) next[i] = 0;
  return next;
}

export function magnitudes(values: Float32Array): Float32Array {
  return values.map(Math.abs);
}

export function randomImportance(size: number): Float32Array {
  return stream().fillUniform(new Float32Array(size));
}

/** Index along one dimension of each element. */
export function channelOf({ shape }: HostValues, dim: number): (index: number) => number {
  const inner = shape.slice(dim + 1).reduce((product, size) => product * size, 1);
  const size = shape[dim] ?? 1;
  return (index) => Math.floor(index / inner) % size;
}

/** The norm of each channel along one dimension; `n` is the order, Infinity for the largest magnitude. */
export function channelNorms(tensor: HostValues, n: number, dim: number): Float64Array {
  const channel = channelOf(tensor, dim);
  const norms = new Float64Array(tensor.shape[dim] ?? 1);
  for (const [i, value] of tensor.values.entries()) {
    const at = channel(i);
    const size = Math.abs(value);
    norms[at] = n === Number.POSITIVE_INFINITY ? Math.max(norms[at] ?? 0, size) : (norms[at] ?? 0) + size ** n;
  }
  return n === Number.POSITIVE_INFINITY ? norms : norms.map((sum) => sum ** (1 / n));
}
