import { cellAt, type Cell, type Column } from "../table/column.js";

/** A value's name among categories; undefined where it is missing. */
export function categoryAt(column: Column, row: number): string | undefined {
  const cell: Cell = cellAt(column, row);
  if (cell === undefined) return undefined;
  return cell instanceof Date ? cell.toISOString() : String(cell);
}

/** The categories that occur in a column: numbers in their order, everything else as texts sort. */
export function categoriesOf(column: Column): readonly string[] {
  const found = new Set<string>();
  for (let row = 0; row < column.values.length; row += 1) {
    const category = categoryAt(column, row);
    if (category !== undefined) found.add(category);
  }
  const isOfNumbers = column.type === "number" || column.type === "integer" || column.type === "bigint";
  return isOfNumbers ? [...found].sort((a, b) => Number(a) - Number(b)) : [...found].sort();
}
