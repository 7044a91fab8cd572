import {
  ArrayDataset,
  checkIndex,
  MisconfigurationError,
  nearestName,
  randomSplit,
  type Collated,
  type Dataset,
  type SeedOptions,
  type WorkerSource,
} from "@lightning-ts/core";
import { batchColumn } from "./batch-column.js";
import { cellAt, countMissing, isMissing, type Cell, type Column } from "./column.js";
import { fillColumn } from "./fill-column.js";
import { makeColumn, type ColumnValues } from "./make-column.js";
import { sharedColumn } from "./shared-column.js";
import type { ColumnOf, ColumnTypes, TableItem, TableRow, TypesOfValues } from "./table-types.js";
import { takeRows } from "./take-rows.js";

/**
 * Rows of named columns, each of one type, in memory. Batches are gathered column by column: numbers, and dates in days
 * since 1970, as float32 [B]; integers, bigints and the numbers of categories as int32 [B]; booleans as bool [B]; texts
 * as a list. Missing numbers and dates are NaN, missing categories -1; a batch refuses what is missing otherwise.
 *
 * A table never changes: what selects, fills or splits gives another one, with the same memory where nothing changed.
 * @example
 * ```ts
 * import { DataLoader } from "@lightning-ts/core";
 * import { Table } from "@lightning-ts/data";
 *
 * const table = Table.of({ height: [1.7, 1.8, undefined], name: ["Ada", "Ben", "Cem"] });
 * console.log(table.row(1)); // { height: 1.8, name: "Ben" }
 * for await (const { height, name } of new DataLoader(table, { batchSize: 2 })) console.log(height, name);
 * ```
 */
export class Table<TTypes extends ColumnTypes = ColumnTypes> implements Dataset<TableItem<TTypes>> {
  readonly length: number;
  #columns: ReadonlyMap<string, Column>;

  /**
   * @param columns typed arrays, which are taken as they are, arrays, or columns
   * @throws MisconfigurationError when they differ in length, or one holds values of several types
   */
  constructor(columns: Readonly<Record<Extract<keyof TTypes, string>, ColumnValues>>);
  constructor(columns: Readonly<Record<string, ColumnValues>>) {
    this.#columns = new Map(Object.entries(columns).map(([name, values]) => [name, makeColumn(name, values)]));
    const [first] = this.#columns.values();
    this.length = first?.values.length ?? 0;
    const odd = [...this.#columns].find(([, { values }]) => values.length !== this.length);
    if (odd !== undefined || first === undefined)
      throw new MisconfigurationError({
        message: "The columns of a Table do not fit together.",
        expected: "at least one column, all of one length",
        received:
          odd === undefined
            ? "none"
            : `${this.length} values, and ${odd[1].values.length} in ${JSON.stringify(odd[0])}`,
      });
  }

  /** `new Table(columns)`, with the types of the columns known to the compiler. */
  static of<const TColumns extends Readonly<Record<string, ColumnValues>>>(
    columns: TColumns,
  ): Table<TypesOfValues<TColumns>>;
  static of(columns: Readonly<Record<string, ColumnValues>>): unknown {
    return new Table(columns);
  }

  get names(): readonly string[] {
    return [...this.#columns.keys()];
  }

  /** What each column holds. */
  get types(): TTypes {
    return typesOf(this.#columns);
  }

  /** How many values of each column are missing. */
  get missing(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#columns].map(([name, column]) => [name, countMissing(column)]));
  }

  /** Worker threads read the memory that this process reads; texts are copied. */
  get workerSource(): WorkerSource {
    this.#columns = new Map([...this.#columns].map(([name, column]) => [name, sharedColumn(column)]));
    const module = import.meta.resolve("@lightning-ts/data");
    return { module, name: "Table", args: [Object.fromEntries(this.#columns)] };
  }

  /** @throws MisconfigurationError for a name that no column has */
  column<TName extends Extract<keyof TTypes, string>>(name: TName): ColumnOf<TTypes[TName]>;
  column(name: string): unknown {
    return this.find(name);
  }

  /** `column` for a name that the compiler does not know. */
  find(name: string): Column {
    const column = this.#columns.get(name);
    if (column !== undefined) return column;
    const nearest = nearestName(name, this.#columns.keys());
    throw new MisconfigurationError({
      message: `The table has no column ${JSON.stringify(name)}.`,
      expected: `one of ${this.names.join(", ")}`,
      tryThis: nearest === undefined ? undefined : `${nearest} (did you mean that?)`,
    });
  }

  /** One row as people write it: categories by name, dates as Date, undefined for what is missing. */
  row(index: number): TableRow<TTypes>;
  row(index: number): Record<string, Cell> {
    checkIndex(index, this.length);
    return Object.fromEntries([...this.#columns].map(([name, column]) => [name, cellAt(column, index)]));
  }

  /** One row as batches are made of them. */
  get(index: number): TableItem<TTypes>;
  get(index: number): unknown {
    checkIndex(index, this.length);
    const part = ([name, column]: [string, Column]) => {
      const value = batchColumn(name, column, [index], []);
      return [name, Array.isArray(value) ? value[0] : value] as const;
    };
    return Object.fromEntries([...this.#columns].map(part));
  }

  getBatch(indices: readonly number[]): Collated<TableItem<TTypes>>;
  getBatch(indices: readonly number[]): unknown {
    for (const index of indices) checkIndex(index, this.length);
    const shape = [indices.length];
    return Object.fromEntries(
      [...this.#columns].map(([name, column]) => [name, batchColumn(name, column, indices, shape)]),
    );
  }

  /** Some of the columns, in the order of the names. */
  select<const TNames extends readonly Extract<keyof TTypes, string>[]>(
    ...names: TNames
  ): Table<Pick<TTypes, TNames[number]>>;
  select(...names: readonly Extract<keyof TTypes, string>[]): unknown {
    return new Table(Object.fromEntries(names.map((name) => [name, this.find(name)])));
  }

  /** Some of the rows, in the order of their indices. */
  take(indices: ArrayLike<number>): Table<TTypes>;
  take(indices: ArrayLike<number>): unknown {
    for (const index of Array.from(indices)) checkIndex(index, this.length);
    return this.#changed((_, column) => takeRows(column, indices));
  }

  /** The rows that have a value in each of these columns. @param names @default all columns */
  dropMissing(names?: readonly Extract<keyof TTypes, string>[]): Table<TTypes>;
  dropMissing(names: readonly Extract<keyof TTypes, string>[] | undefined): unknown {
    const columns = names === undefined ? [...this.#columns.values()] : names.map((name) => this.find(name));
    const rows: number[] = [];
    for (let row = 0; row < this.length; row += 1)
      if (!columns.some((column) => isMissing(column, row))) rows.push(row);
    return rows.length === this.length ? this : this.#changed((_, column) => takeRows(column, rows));
  }

  /** The table with values where some columns have none. @throws MisconfigurationError for a value of another type */
  fillMissing(values: Partial<TableRow<TTypes>>): Table<TTypes>;
  fillMissing(values: Readonly<Record<string, Cell>>): unknown {
    const filled = new Map(this.#columns);
    for (const [name, value] of Object.entries(values)) filled.set(name, fillColumn(name, this.find(name), value));
    return new Table(Object.fromEntries(filled));
  }

  /** The table with one column more, or another one in its place. */
  withColumn(name: string, values: ColumnValues): Table {
    return new Table({ ...Object.fromEntries(this.#columns), [name]: values });
  }

  /**
   * Splits the rows at random into tables that share none.
   * @param lengths rows per part, or fractions that add up to 1
   * @param options `seed` makes the split independent of `seedEverything`
   */
  split<const TLengths extends readonly number[]>(
    lengths: TLengths,
    options?: SeedOptions,
  ): { -readonly [TKey in keyof TLengths]: Table<TTypes> };
  split(lengths: readonly number[], options: SeedOptions = {}): unknown {
    const rows = new ArrayDataset(Array.from({ length: this.length }, (_, row) => row));
    return randomSplit(rows, lengths, options).map(({ indices }) => this.take(indices));
  }

  #changed(change: (name: string, column: Column) => Column): Table {
    return new Table(Object.fromEntries([...this.#columns].map(([name, column]) => [name, change(name, column)])));
  }
}

function typesOf<TTypes extends ColumnTypes>(columns: ReadonlyMap<string, Column>): TTypes;
function typesOf(columns: ReadonlyMap<string, Column>): unknown {
  return Object.fromEntries([...columns].map(([name, { type }]) => [name, type]));
}
