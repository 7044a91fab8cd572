import { loadDigits, mnistFolder, prepareDigits, type DigitBatch, type DigitDataset } from "@apps/mnist-data/files";

const BATCH_SIZE = 64;

/** The first digits of MNIST in their own order, batch by batch: every run sees the same. */
export class DigitBatches implements AsyncIterable<DigitBatch> {
  constructor(
    private readonly digits: DigitDataset,
    readonly length: number,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<DigitBatch> {
    for (let batch = 0; batch < this.length; batch += 1) {
      yield this.digits.getBatch(Array.from({ length: BATCH_SIZE }, (_, i) => batch * BATCH_SIZE + i));
    }
  }
}

/** Training batches of 64 digits. @param count how many; 937 are all of MNIST */
export async function digitBatches(count = 200): Promise<DigitBatches> {
  const { folder } = await prepareDigits(mnistFolder());
  return new DigitBatches(await loadDigits(folder, "train"), count);
}
