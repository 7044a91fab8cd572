import { checkIndex, DatasetError, type Collated, type Dataset, type WorkerSource } from "@lightning-ts/core";
import { batchColumn, type ColumnBatch } from "../table/batch-column.js";
import type { Column } from "../table/column.js";
import { Table } from "../table/table.js";
import type { ColumnTypes, TableItem } from "../table/table-types.js";
import { BlockSampler, type BlockSamplerOptions } from "./block-sampler.js";
import { mergeBatches } from "./merge-batches.js";
import { blocksOf, readColumns, type ParquetColumns } from "./parquet-columns.js";
import type { ParquetSource } from "./parquet-source.js";

/** How a ParquetDataset is made; `openParquet` knows. */
export interface ParquetDatasetParts {
  readonly source: ParquetSource;
  readonly columns: ParquetColumns;
  readonly cacheBlocks: number;
  readonly workerSource: () => WorkerSource;
}

type Block = ReadonlyMap<string, Column>;

/**
 * The rows of a Parquet file, of which only some blocks of 32 768 rows are in memory: those that batches asked for
 * last. `openParquet` makes it. Batches are those of a `Table`.
 * @example
 * ```ts
 * import { DataLoader } from "@lightning-ts/core";
 * import { openParquet } from "@lightning-ts/data";
 *
 * async function firstBatch(path: string) {
 *   const data = await openParquet(path, { columns: { mass: "number" } });
 *   for await (const batch of new DataLoader(data, { batchSize: 32, sampler: data.sampler() })) return batch;
 * }
 * console.log(typeof firstBatch);
 * ```
 */
export class ParquetDataset<TTypes extends ColumnTypes = ColumnTypes> implements Dataset<TableItem<TTypes>> {
  readonly length: number;
  readonly #makeWorkerSource: () => WorkerSource;
  readonly #source: ParquetSource;
  readonly #columns: ParquetColumns;
  readonly #cacheBlocks: number;
  readonly #starts: readonly number[];
  /** By block number, the one that was asked for last at the end. */
  readonly #cached = new Map<number, Promise<Block>>();

  constructor({ source, columns, cacheBlocks, workerSource }: ParquetDatasetParts) {
    this.length = source.length;
    this.#makeWorkerSource = workerSource;
    this.#source = source;
    this.#columns = columns;
    this.#cacheBlocks = cacheBlocks;
    this.#starts = blocksOf(source).map(([start]) => start);
  }

  /** Worker threads open the file themselves. */
  get workerSource(): WorkerSource {
    return this.#makeWorkerSource();
  }

  /** What each column holds. */
  get types(): TTypes {
    return typesOf(this.#columns);
  }

  /**
   * An order for `shuffle` that reads each block once: blocks come at random, and rows of some blocks are mixed.
   * A loader with `shuffle: true` asks for rows of all blocks in each batch, and would read most of them again for it.
   */
  sampler(options: BlockSamplerOptions = {}): BlockSampler {
    return new BlockSampler(this.#starts, this.length, options);
  }

  async get(index: number): Promise<TableItem<TTypes>> {
    checkIndex(index, this.length);
    return this.#item(index);
  }

  async getBatch(indices: readonly number[]): Promise<Collated<TableItem<TTypes>>> {
    for (const index of indices) checkIndex(index, this.length);
    return this.#batch(indices);
  }

  /** Some rows as a table. @param end @default the last row */
  async rows(start = 0, end = this.length): Promise<Table<TTypes>> {
    if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= this.length))
      throw new DatasetError({
        message: "There are no such rows.",
        expected: `0 <= start <= end <= ${this.length}`,
        received: `${start} and ${end}`,
      });
    return this.#table(start, end);
  }

  async #table(start: number, end: number): Promise<Table<TTypes>>;
  async #table(start: number, end: number): Promise<unknown> {
    return new Table(Object.fromEntries(await readColumns(this.#source, this.#columns, start, end)));
  }

  async #item(index: number): Promise<TableItem<TTypes>>;
  async #item(index: number): Promise<unknown> {
    const batch = Object.entries(await this.#parts([index], []));
    return Object.fromEntries(batch.map(([name, part]) => [name, Array.isArray(part) ? part[0] : part]));
  }

  async #batch(indices: readonly number[]): Promise<Collated<TableItem<TTypes>>>;
  async #batch(indices: readonly number[]): Promise<unknown> {
    return this.#parts(indices, [indices.length]);
  }

  async #parts(indices: readonly number[], shape: readonly number[]): Promise<Readonly<Record<string, ColumnBatch>>> {
    const byBlock = new Map<number, number[]>();
    for (const [position, index] of indices.entries()) {
      const number = this.#blockOf(index);
      const positions = byBlock.get(number) ?? [];
      positions.push(position);
      byBlock.set(number, positions);
    }
    const parts = await Promise.all(
      [...byBlock].map(async ([number, positions]) => ({ number, positions, block: await this.#block(number) })),
    );
    const batch: Record<string, ColumnBatch> = {};
    for (const name of this.#columns.keys()) {
      const pieces = parts.map(({ number, positions, block }) => {
        const start = this.#starts[number] ?? 0;
        const rows = positions.map((position) => (indices[position] ?? 0) - start);
        return { positions, batch: batchColumn(name, columnOf(block, name), rows, [rows.length], start) };
      });
      batch[name] = mergeBatches(pieces, shape, indices.length);
    }
    return batch;
  }

  #blockOf(index: number): number {
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= index) low = middle;
      else high = middle;
    }
    return low;
  }

  #block(number: number): Promise<Block> {
    const start = this.#starts[number] ?? 0;
    const end = this.#starts[number + 1] ?? this.length;
    const block = this.#cached.get(number) ?? readColumns(this.#source, this.#columns, start, end);
    this.#cached.delete(number);
    this.#cached.set(number, block);
    block.catch(() => this.#cached.delete(number)); // The next batch tries again.
    for (const oldest of this.#cached.keys()) {
      if (this.#cached.size <= this.#cacheBlocks) break;
      this.#cached.delete(oldest);
    }
    return block;
  }
}

function columnOf(block: Block, name: string): Column {
  return block.get(name) ?? { type: "number", values: new Float64Array() };
}

function typesOf<TTypes extends ColumnTypes>(columns: ParquetColumns): TTypes;
function typesOf(columns: ParquetColumns): unknown {
  return Object.fromEntries([...columns].map(([name, type]) => [name, typeof type === "object" ? "category" : type]));
}
