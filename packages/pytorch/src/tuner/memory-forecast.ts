/** Tells from trials that were made how much memory a larger batch will need: it grows evenly with the batch. */
export class MemoryForecast {
  readonly limitBytes: number;
  readonly #peaks: { readonly batchSize: number; readonly bytes: number }[] = [];

  /** @param limitBytes what the process may have in memory */
  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** The most that the process had in memory while it trained with this batch size. */
  add(batchSize: number, bytes: number): void {
    this.#peaks.push({ batchSize, bytes });
    this.#peaks.sort((a, b) => a.batchSize - b.batchSize);
  }

  /** @returns undefined until two sizes were tried */
  expect(batchSize: number): number | undefined {
    const [before, last] = this.#peaks.slice(-2);
    if (before === undefined || last === undefined) return undefined;
    const perItem = Math.max(0, (last.bytes - before.bytes) / (last.batchSize - before.batchSize));
    return last.bytes + perItem * (batchSize - last.batchSize);
  }

  /** Whether a size can be tried without coming near the end of the memory. */
  allows(batchSize: number): boolean {
    const last = this.#peaks.at(-1);
    if (last !== undefined && last.bytes > this.limitBytes) return false;
    const expected = this.expect(batchSize);
    return expected === undefined || expected <= this.limitBytes;
  }
}
