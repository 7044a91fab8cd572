import type { Column, Present, Texts } from "./column.js";

type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | BigInt64Array
  | BigUint64Array;

/** The same column in memory that threads share. Texts become an array, which every thread gets a copy of. */
export function sharedColumn(column: Column): Column {
  switch (column.type) {
    case "text":
      return { type: "text", values: asArray(column.values) };
    case "number":
      return { ...column, values: shared(column.values) };
    case "date":
      return { ...column, values: shared(column.values) };
    case "category":
      return { ...column, values: shared(column.values) };
    case "integer":
      return { ...column, values: shared(column.values), present: sharedPresent(column.present) };
    case "bigint":
      return { ...column, values: shared(column.values), present: sharedPresent(column.present) };
    case "boolean":
      return { ...column, values: shared(column.values), present: sharedPresent(column.present) };
    default:
      return column satisfies never;
  }
}

function sharedPresent(present: Present): Present {
  return present === undefined ? undefined : shared(present);
}

function asArray(texts: Texts): Texts {
  return Array.isArray(texts) ? texts : Array.from({ length: texts.length }, (_, row) => texts.at(row));
}

function shared<TValues extends NumberArray>(values: TValues): TValues;
function shared(values: NumberArray): unknown {
  if (typeof SharedArrayBuffer === "undefined" || values.buffer instanceof SharedArrayBuffer) return values;
  const bytes = new Uint8Array(new SharedArrayBuffer(values.byteLength));
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return Reflect.construct(values.constructor, [bytes.buffer]);
}
