/**
 * How many terms the first stage of a long sum adds at a time: the largest divisor of `length` up to `limit`, even a
 * small one, because after it less is left to split unevenly.
 * @returns `limit` where no number from 2 to `limit` divides `length`
 */
export function blockLength(length: number, limit: number): number {
  for (let block = limit; block > 1; block -= 1) if (length % block === 0) return block;
  return limit;
}
