import { describeValue, isPlainObject, MisconfigurationError } from "@lightning-ts/core";
import { COLUMN_TYPES, type ColumnType } from "../table/column.js";
import type { ColumnTypes } from "../table/table-types.js";

/** Categories whose numbers are their places in the list. */
export interface CategoriesSpec {
  readonly categories: readonly string[];
}

/** What a column is to hold: a type, categories, or `"auto"` for what its values look like. */
export type ColumnSpec = ColumnType | "auto" | CategoriesSpec;

/** The columns to read: their names, or what they hold by name. */
export type ColumnsOption = readonly string[] | Readonly<Record<string, ColumnSpec>>;

type TypeOf<TSpec> = TSpec extends ColumnType ? TSpec : TSpec extends CategoriesSpec ? "category" : ColumnType;

/** The types of the table that a reader gives for such columns. */
export type TypesOf<TColumns extends ColumnsOption> = TColumns extends readonly string[]
  ? ColumnTypes
  : { -readonly [TName in keyof TColumns]: TypeOf<TColumns[TName]> };

/** @throws MisconfigurationError for columns that are none */
export function specsOf(
  owner: string,
  columns: ColumnsOption | undefined,
): ReadonlyMap<string, ColumnSpec> | undefined {
  if (columns === undefined) return undefined;
  if (isNames(columns)) return new Map(columns.map((name) => [name, "auto"]));
  if (!isPlainObject(columns)) throw refused(owner, columns);
  const entries = Object.entries(columns);
  const odd = entries.find(([, spec]) => !isSpec(spec));
  if (odd !== undefined) throw refused(owner, { [odd[0]]: odd[1] });
  return new Map(entries);
}

function isNames(columns: ColumnsOption): columns is readonly string[] {
  return Array.isArray(columns) && columns.every((name) => typeof name === "string");
}

function isSpec(spec: unknown): boolean {
  if (typeof spec === "string") return spec === "auto" || COLUMN_TYPES.some((type) => type === spec);
  return isPlainObject(spec) && Array.isArray(spec["categories"]) && Object.keys(spec).length === 1;
}

function refused(owner: string, received: unknown): MisconfigurationError {
  return new MisconfigurationError({
    message: `${owner}'s columns are not usable.`,
    expected: `names, or by name one of ${["auto", ...COLUMN_TYPES].join(", ")} or { categories: [...] }`,
    received: describeValue(received),
  });
}
