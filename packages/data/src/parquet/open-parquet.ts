import {
  isCount,
  MisconfigurationError,
  rejectUnknownOptions,
  requireFiles,
  type WorkerSource,
} from "@lightning-ts/core";
import type { DataSource, FilesOption } from "../files/byte-source.js";
import {
  specsOf,
  type CategoriesSpec,
  type ColumnsOption,
  type ColumnSpec,
  type TypesOf,
} from "../rows/column-spec.js";
import type { ColumnType } from "../table/column.js";
import { Table } from "../table/table.js";
import { blocksOf, parquetColumns, readColumns } from "./parquet-columns.js";
import { ParquetDataset } from "./parquet-dataset.js";
import { openParquetSource, type ParquetSource } from "./parquet-source.js";

export interface ReadParquetOptions<TColumns extends ColumnsOption = ColumnsOption> extends FilesOption {
  /** The columns to read: their names, or what they become by name. @default all, as the file types them */
  readonly columns?: TColumns | undefined;
}

export interface OpenParquetOptions<
  TColumns extends ColumnsOption = ColumnsOption,
> extends ReadParquetOptions<TColumns> {
  /** Blocks of 32 768 rows that stay in memory. @default 8 */
  readonly cacheBlocks?: number | undefined;
}

/**
 * Opens a Parquet file as a dataset that reads rows when batches ask for them, a block of rows of the chosen columns at
 * a time: files may be larger than memory. 32-bit integers become "integer", 64-bit ones "bigint", times "date", texts
 * "text"; `columns` makes other types of them, such as "number" of integers with missing values. A column of
 * categories without a list of them is read once for its names.
 * @param source a path, or a file's bytes
 * @throws DataFileError for what is no Parquet file, is damaged, or holds lists and records in the columns
 */
export async function openParquet<const TColumns extends ColumnsOption = readonly string[]>(
  source: DataSource,
  options?: OpenParquetOptions<TColumns>,
): Promise<ParquetDataset<TypesOf<TColumns>>>;
export async function openParquet(source: DataSource, options: OpenParquetOptions = {}): Promise<unknown> {
  rejectUnknownOptions("openParquet", options, ["columns", "cacheBlocks", "files"]);
  const { cacheBlocks = 8 } = options;
  if (!isCount(cacheBlocks) || cacheBlocks === 0)
    throw new MisconfigurationError({
      message: "openParquet's cacheBlocks is not usable.",
      expected: "a positive integer",
      received: String(cacheBlocks),
    });
  const opened = await openParquetSource("openParquet", source, options);
  const columns = await withCategories(opened, parquetColumns(opened, specsOf("openParquet", options.columns)));
  return new ParquetDataset({
    source: opened,
    columns,
    cacheBlocks,
    workerSource: () => workerSource(source, options, columns, cacheBlocks),
  });
}

/**
 * Reads a Parquet file, or some of its columns, into a table. For types see `openParquet`.
 * @param source a path, or a file's bytes
 */
export async function readParquet<const TColumns extends ColumnsOption = readonly string[]>(
  source: DataSource,
  options?: ReadParquetOptions<TColumns>,
): Promise<Table<TypesOf<TColumns>>>;
export async function readParquet(source: DataSource, options: ReadParquetOptions = {}): Promise<unknown> {
  rejectUnknownOptions("readParquet", options, ["columns", "files"]);
  const opened = await openParquetSource("readParquet", source, options);
  const columns = parquetColumns(opened, specsOf("readParquet", options.columns));
  return new Table(Object.fromEntries(await readColumns(opened, columns, 0, opened.length)));
}

/** Workers open the file themselves, with the categories that were found here. */
function workerSource(
  source: DataSource,
  options: OpenParquetOptions,
  columns: ReadonlyMap<string, ColumnSpec>,
  cacheBlocks: number,
): WorkerSource {
  const path = typeof source === "string" ? requireFiles("openParquet", options.files).resolve(source) : source;
  const module = import.meta.resolve("@lightning-ts/data");
  return { module, name: "openParquet", args: [path, { columns: Object.fromEntries(columns), cacheBlocks }] };
}

/** Blocks must agree on the numbers of categories. */
async function withCategories(
  source: ParquetSource,
  columns: ReadonlyMap<string, ColumnType | CategoriesSpec>,
): Promise<ReadonlyMap<string, ColumnType | CategoriesSpec>> {
  const known = new Map(columns);
  for (const [name, type] of columns) {
    if (type !== "category") continue;
    const found = new Set<string>();
    for (const [start, end] of blocksOf(source)) {
      const block = await readColumns(source, new Map([[name, "category"]]), start, end);
      const column = block.get(name);
      if (column?.type === "category") for (const category of column.categories) found.add(category);
    }
    known.set(name, { categories: [...found].sort() });
  }
  return known;
}
