import type { BigintColumn, Column, FloatValues, IntegerValues, Present, Texts } from "./column.js";

/** The values of some rows, in their order, as a column of its own. */
export function takeRows(column: Column, rows: ArrayLike<number>): Column {
  const count = rows.length;
  switch (column.type) {
    case "number":
      return { type: "number", values: gather(column.values, emptyFloats(column.values, count), rows) };
    case "date":
      return { type: "date", values: gather(column.values, new Float64Array(count), rows) };
    case "integer":
      return {
        type: "integer",
        values: gather(column.values, emptyIntegers(column.values, count), rows),
        present: takePresent(column.present, rows),
      };
    case "category":
      return { ...column, values: gather(column.values, emptyIntegers(column.values, count), rows) };
    case "boolean":
      return {
        type: "boolean",
        values: gather(column.values, new Uint8Array(count), rows),
        present: takePresent(column.present, rows),
      };
    case "bigint":
      return { type: "bigint", values: gatherBigints(column.values, rows), present: takePresent(column.present, rows) };
    case "text":
      return { type: "text", values: gatherTexts(column.values, rows) };
    default:
      return column satisfies never;
  }
}

function gather<TValues extends FloatValues | IntegerValues>(
  source: ArrayLike<number>,
  target: TValues,
  rows: ArrayLike<number>,
): TValues {
  for (let i = 0; i < rows.length; i += 1) target[i] = source[rows[i] ?? 0] ?? 0;
  return target;
}

function takePresent(present: Present, rows: ArrayLike<number>): Present {
  if (present === undefined) return undefined;
  const taken = gather(present, new Uint8Array(rows.length), rows);
  return taken.includes(0) ? taken : undefined;
}

function gatherBigints(source: BigintColumn["values"], rows: ArrayLike<number>): BigintColumn["values"] {
  const target = source instanceof BigInt64Array ? new BigInt64Array(rows.length) : new BigUint64Array(rows.length);
  for (let i = 0; i < rows.length; i += 1) target[i] = source[rows[i] ?? 0] ?? 0n;
  return target;
}

function gatherTexts(source: Texts, rows: ArrayLike<number>): Texts {
  return Array.from(rows, (row) => source.at(row));
}

function emptyFloats(like: FloatValues, length: number): FloatValues {
  return like instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}

function emptyIntegers(like: IntegerValues, length: number): IntegerValues {
  if (like instanceof Int32Array) return new Int32Array(length);
  if (like instanceof Int16Array) return new Int16Array(length);
  if (like instanceof Int8Array) return new Int8Array(length);
  return like instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
}
