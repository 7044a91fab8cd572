import type { Column, ColumnType, Present } from "../table/column.js";
import type { CategoriesSpec } from "./column-spec.js";
import { isInt32, type Dialect } from "./dialect.js";

/** Fills a column with cells, one row after another. */
export interface ColumnBuilder<TCell> {
  /** @returns false for a cell that is not of the column's type */
  set(row: number, cell: TCell): boolean;
  finish(): Column;
}

/** @param rows how many there are */
export function columnBuilder<TCell>(
  spec: ColumnType | CategoriesSpec,
  rows: number,
  dialect: Dialect<TCell>,
): ColumnBuilder<TCell> {
  if (typeof spec === "object") return categoryBuilder(rows, dialect, spec.categories);
  switch (spec) {
    case "number":
      return floatBuilder(rows, dialect, (cell) => dialect.number(cell), "number");
    case "date":
      return floatBuilder(rows, dialect, (cell) => dialect.date(cell), "date");
    case "integer":
      return integerBuilder(rows, dialect);
    case "bigint":
      return bigintBuilder(rows, dialect);
    case "boolean":
      return booleanBuilder(rows, dialect);
    case "text":
      return textBuilder(rows, dialect);
    case "category":
      return categoryBuilder(rows, dialect, undefined);
    default:
      return spec satisfies never;
  }
}

function floatBuilder<TCell>(
  rows: number,
  dialect: Dialect<TCell>,
  read: (cell: TCell) => number | undefined,
  type: "number" | "date",
): ColumnBuilder<TCell> {
  const values = new Float64Array(rows);
  return {
    set(row, cell) {
      const value = dialect.isMissing(cell) ? Number.NaN : read(cell);
      values[row] = value ?? Number.NaN;
      return value !== undefined;
    },
    finish: () => ({ type, values }),
  };
}

function integerBuilder<TCell>(rows: number, dialect: Dialect<TCell>): ColumnBuilder<TCell> {
  const values = new Int32Array(rows);
  const presence = new Presence(rows);
  return {
    set(row, cell) {
      if (dialect.isMissing(cell)) return presence.miss(row);
      const value = dialect.number(cell);
      if (value === undefined || !isInt32(value)) return false;
      values[row] = value;
      return true;
    },
    finish: () => ({ type: "integer", values, present: presence.present }),
  };
}

function bigintBuilder<TCell>(rows: number, dialect: Dialect<TCell>): ColumnBuilder<TCell> {
  const values = new BigInt64Array(rows);
  const presence = new Presence(rows);
  return {
    set(row, cell) {
      if (dialect.isMissing(cell)) return presence.miss(row);
      const value = dialect.bigint(cell);
      if (value === undefined || BigInt.asIntN(64, value) !== value) return false;
      values[row] = value;
      return true;
    },
    finish: () => ({ type: "bigint", values, present: presence.present }),
  };
}

function booleanBuilder<TCell>(rows: number, dialect: Dialect<TCell>): ColumnBuilder<TCell> {
  const values = new Uint8Array(rows);
  const presence = new Presence(rows);
  return {
    set(row, cell) {
      if (dialect.isMissing(cell)) return presence.miss(row);
      const value = dialect.boolean(cell);
      values[row] = Number(value ?? false);
      return value !== undefined;
    },
    finish: () => ({ type: "boolean", values, present: presence.present }),
  };
}

function textBuilder<TCell>(rows: number, dialect: Dialect<TCell>): ColumnBuilder<TCell> {
  const values: (string | undefined)[] = Array.from({ length: rows });
  return {
    set(row, cell) {
      if (dialect.isMissing(cell)) return true;
      const value = dialect.text(cell);
      values[row] = value;
      return value !== undefined;
    },
    finish: () => ({ type: "text", values }),
  };
}

/** @param given the categories in their order; undefined for those that come, sorted at the end */
function categoryBuilder<TCell>(
  rows: number,
  dialect: Dialect<TCell>,
  given: readonly string[] | undefined,
): ColumnBuilder<TCell> {
  const values = new Int32Array(rows);
  const codes = new Map<string, number>(given?.map((name, code) => [name, code]));
  return {
    set(row, cell) {
      values[row] = -1;
      if (dialect.isMissing(cell)) return true;
      const name = dialect.text(cell);
      if (name === undefined) return false;
      const known = codes.get(name);
      if (known === undefined && given !== undefined) return false;
      values[row] = known ?? codes.size;
      if (known === undefined) codes.set(name, codes.size);
      return true;
    },
    finish: () =>
      given === undefined ? sortedCategories(values, codes) : { type: "category", values, categories: given },
  };
}

function sortedCategories(values: Int32Array, codes: ReadonlyMap<string, number>): Column {
  const categories = [...codes.keys()].sort();
  const places = new Int32Array(codes.size);
  for (const [place, name] of categories.entries()) places[codes.get(name) ?? 0] = place;
  return { type: "category", values: values.map((code) => places[code] ?? -1), categories };
}

/** Remembers which rows have no value. */
class Presence {
  readonly #rows: number;
  present: Present;

  constructor(rows: number) {
    this.#rows = rows;
  }

  miss(row: number): true {
    this.present ??= new Uint8Array(this.#rows).fill(1);
    this.present[row] = 0;
    return true;
  }
}
