import { describeValue, MisconfigurationError } from "@lightning-ts/core";
import type { Cell, Column, IntegerValues, NumberColumn } from "./column.js";

/** Values for a column: a typed array, an array of values of one type, or a column. */
export type ColumnValues = Column | ArrayBufferView | readonly (Cell | null)[];

/**
 * A column around values: typed arrays are taken as they are, arrays by the type of their values. `undefined`, `null`
 * and NaN are missing values. Numbers become a number column, whether they have fractions or not.
 * @throws MisconfigurationError for values of several types
 */
export function makeColumn(name: string, values: ColumnValues): Column {
  if (isColumn(values)) return values;
  if (ArrayBuffer.isView(values)) return ofTypedArray(name, values);
  if (!Array.isArray(values)) throw refused(name, describeValue(values));
  const cells: readonly (Cell | null)[] = values;
  const first = cells.find((cell) => cell !== undefined && cell !== null);
  const odd = cells.findIndex((cell) => cell !== undefined && cell !== null && kindOf(cell) !== kindOf(first));
  if (odd >= 0) throw refused(name, `${kindOf(first)}, and in row ${odd} ${describeValue(cells[odd])}`);
  switch (kindOf(first)) {
    case "string":
      return { type: "text", values: cells.map((cell) => (typeof cell === "string" ? cell : undefined)) };
    case "boolean":
      return { type: "boolean", values: Uint8Array.from(cells, (cell) => (cell === true ? 1 : 0)), ...presence(cells) };
    case "bigint":
      return {
        type: "bigint",
        values: BigInt64Array.from(cells, (cell) => (typeof cell === "bigint" ? cell : 0n)),
        ...presence(cells),
      };
    case "date":
      return {
        type: "date",
        values: Float64Array.from(cells, (cell) => (cell instanceof Date ? cell.getTime() : Number.NaN)),
      };
    default:
      return numbers(cells);
  }
}

function kindOf(cell: unknown): string {
  return cell instanceof Date ? "date" : typeof cell;
}

function numbers(cells: readonly unknown[]): NumberColumn {
  return { type: "number", values: Float64Array.from(cells, (cell) => (typeof cell === "number" ? cell : Number.NaN)) };
}

function presence(cells: readonly unknown[]): { readonly present?: Uint8Array } {
  const isThere = (cell: unknown): boolean => cell !== undefined && cell !== null;
  return cells.every(isThere) ? {} : { present: Uint8Array.from(cells, (cell) => Number(isThere(cell))) };
}

function ofTypedArray(name: string, values: ArrayBufferView): Column {
  if (values instanceof Float32Array || values instanceof Float64Array) return { type: "number", values };
  if (isIntegers(values)) return { type: "integer", values };
  if (values instanceof Uint8ClampedArray) return { type: "integer", values: Uint8Array.from(values) };
  if (values instanceof Uint32Array) return { type: "number", values: Float64Array.from(values) };
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return { type: "bigint", values };
  throw refused(name, describeValue(values));
}

/** @returns whether these are integers that every int32 holds */
export function isIntegers(values: unknown): values is IntegerValues {
  return (
    values instanceof Int32Array ||
    values instanceof Int16Array ||
    values instanceof Int8Array ||
    values instanceof Uint16Array ||
    values instanceof Uint8Array
  );
}

function isColumn(values: ColumnValues): values is Column {
  return !ArrayBuffer.isView(values) && !Array.isArray(values) && "type" in values && "values" in values;
}

function refused(name: string, received: string): MisconfigurationError {
  return new MisconfigurationError({
    message: `Column ${JSON.stringify(name)} cannot be made of these values.`,
    expected:
      "a typed array, or an array of numbers, strings, booleans, bigints or Dates; undefined where one is missing",
    received,
  });
}
