import type { SchemaElement } from "hyparquet";
import type { ColumnType } from "../table/column.js";

/** What a column of a Parquet file holds for us; "bytes" has no meaning of its own, "nested" are lists and records. */
export type StoredType = Exclude<ColumnType, "category"> | "bytes" | "nested";

/** @param childCount of the column in the schema */
export function storedType(element: SchemaElement, childCount: number): StoredType {
  if (childCount > 0 || element.repetition_type === "REPEATED") return "nested";
  const logical = element.logical_type?.type;
  const converted = element.converted_type;
  switch (element.type) {
    case "BOOLEAN":
      return "boolean";
    case "FLOAT":
    case "DOUBLE":
      return "number";
    case "INT96":
      return "date";
    case "INT32":
      if (converted === "DATE" || logical === "DATE") return "date";
      return converted === "DECIMAL" || converted === "UINT_32" || converted === "TIME_MILLIS" ? "number" : "integer";
    case "INT64":
      if (logical === "TIMESTAMP" || converted === "TIMESTAMP_MILLIS" || converted === "TIMESTAMP_MICROS")
        return "date";
      return converted === "DECIMAL" ? "number" : "bigint";
    case "BYTE_ARRAY":
    case "FIXED_LEN_BYTE_ARRAY":
      return ofBytes(logical, converted);
    default:
      return "nested";
  }
}

function ofBytes(logical: string | undefined, converted: string | undefined): StoredType {
  if (converted === "DECIMAL" || logical === "DECIMAL" || logical === "FLOAT16") return "number";
  const isText = converted === "UTF8" || converted === "ENUM" || logical === "STRING" || logical === "ENUM";
  return isText || logical === "UUID" ? "text" : "bytes";
}
