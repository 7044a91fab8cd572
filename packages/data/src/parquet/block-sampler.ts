import {
  isCount,
  MisconfigurationError,
  rejectUnknownOptions,
  SeededSampler,
  type SeedOptions,
} from "@lightning-ts/core";

export interface BlockSamplerOptions extends SeedOptions {
  /** Blocks whose rows are mixed with each other. @default 4 */
  readonly blocksAtOnce?: number | undefined;
}

/**
 * Visits all rows of a `ParquetDataset` in an order that needs few blocks at a time: blocks come at random, and the
 * rows of some of them are mixed. Each epoch has another order, which depends on the seed and the epoch alone.
 * @example
 * ```ts
 * import { BlockSampler } from "@lightning-ts/data";
 *
 * const sampler = new BlockSampler([0, 3, 6], 8, { seed: 1, blocksAtOnce: 1 });
 * console.log([...sampler.indices()]); // 0 to 2, 3 to 5, and 6 to 7: each of them beside each other, in any order
 * ```
 */
export class BlockSampler extends SeededSampler {
  readonly length: number;
  readonly #starts: readonly number[];
  readonly #blocksAtOnce: number;

  /**
   * @param starts the first row of each block
   * @param length rows of all blocks
   */
  constructor(starts: readonly number[], length: number, options: BlockSamplerOptions = {}) {
    rejectUnknownOptions("BlockSampler", options, ["seed", "generator", "blocksAtOnce"]);
    const { blocksAtOnce = 4, ...seed } = options;
    super(seed, "BlockSampler");
    if (!isCount(blocksAtOnce) || blocksAtOnce === 0)
      throw new MisconfigurationError({
        message: "BlockSampler cannot mix so many blocks.",
        expected: "blocksAtOnce as a positive integer",
        received: String(blocksAtOnce),
      });
    this.#starts = starts;
    this.length = length;
    this.#blocksAtOnce = blocksAtOnce;
  }

  override *indices(): Iterable<number> {
    const stream = this.stream();
    const order = [...stream.permutation(this.#starts.length)];
    while (order.length > 0) {
      const rows = order.splice(0, this.#blocksAtOnce).flatMap((block) => this.#rowsOf(block));
      for (const place of stream.permutation(rows.length)) yield rows[place] ?? 0;
    }
  }

  #rowsOf(block: number): readonly number[] {
    const start = this.#starts[block] ?? 0;
    const end = this.#starts[block + 1] ?? this.length;
    return Array.from({ length: end - start }, (_, i) => start + i);
  }
}
