import { batchSpeed, type Speed } from "./speed.js";

const BATCH = 64;

/**
 * Batches of rows in a random order that nothing but copying makes: the machine's limit for a loader that hands out
 * batches of their own.
 * @param into new memory for every batch, as a loader must give, or always the same
 */
export async function rowCopies(
  { values, rows, width }: { readonly values: Float32Array; readonly rows: number; readonly width: number },
  into: "new" | "same",
): Promise<Speed> {
  const order = shuffled(rows);
  const same = new Float32Array(BATCH * width);
  return batchSpeed(async function* () {
    for (let start = 0; start + BATCH <= rows; start += BATCH) {
      const batch = into === "new" ? new Float32Array(BATCH * width) : same;
      for (let i = 0; i < BATCH; i += 1) {
        const at = (order[start + i] ?? 0) * width;
        batch.set(values.subarray(at, at + width), i * width);
      }
      yield batch;
    }
  });
}

function shuffled(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i -= 1) {
    const other = Math.floor(Math.random() * (i + 1));
    [order[i], order[other]] = [order[other] ?? 0, order[i] ?? 0];
  }
  return order;
}
