import { describeValue, MisconfigurationError } from "@lightning-ts/core";
import { isMissing, type Cell, type Column, type ColumnType, type Texts } from "./column.js";

const JS_TYPES: Readonly<Record<ColumnType, string>> = {
  number: "a number",
  integer: "a whole number",
  bigint: "a bigint",
  boolean: "true or false",
  text: "a string",
  date: "a Date",
  category: "a string",
};

/**
 * The column with a value where it had none. A category that is new is added at the end.
 * @throws MisconfigurationError for a value of another type
 */
export function fillColumn(name: string, column: Column, value: Cell): Column {
  switch (column.type) {
    case "number":
      if (typeof value !== "number") break;
      return { type: "number", values: column.values.map((each) => (Number.isNaN(each) ? value : each)) };
    case "date":
      if (!(value instanceof Date)) break;
      return { type: "date", values: column.values.map((each) => (Number.isNaN(each) ? value.getTime() : each)) };
    case "integer":
      if (typeof value !== "number" || !Number.isInteger(value)) break;
      return {
        type: "integer",
        values: Int32Array.from(column.values, (each, row) => (isMissing(column, row) ? value : each)),
      };
    case "bigint":
      if (typeof value !== "bigint") break;
      return {
        type: "bigint",
        values: BigInt64Array.from(column.values, (each, row) => (isMissing(column, row) ? value : each)),
      };
    case "boolean":
      if (typeof value !== "boolean") break;
      return {
        type: "boolean",
        values: column.values.map((each, row) => (isMissing(column, row) ? Number(value) : each)),
      };
    case "text":
      if (typeof value !== "string") break;
      return { type: "text", values: filledTexts(column.values, value) };
    case "category": {
      if (typeof value !== "string") break;
      const known = column.categories.indexOf(value);
      const code = known < 0 ? column.categories.length : known;
      return {
        type: "category",
        values: Int32Array.from(column.values, (each) => (each < 0 ? code : each)),
        categories: known < 0 ? [...column.categories, value] : column.categories,
      };
    }
    default:
      return column satisfies never;
  }
  throw new MisconfigurationError({
    message: `Column ${JSON.stringify(name)} cannot be filled with this value.`,
    expected: JS_TYPES[column.type],
    received: describeValue(value),
  });
}

function filledTexts(texts: Texts, value: string): Texts {
  return Array.from({ length: texts.length }, (_, row) => texts.at(row) ?? value);
}
