import { MisconfigurationError } from "@lightning-ts/core";
import type { Column } from "../table/column.js";
import { isIntegers, makeColumn } from "../table/make-column.js";
import { ARROW, isText, type ArrowVector } from "./arrow-like.js";
import { dictionaryColumn } from "./dictionary-column.js";
import { joinedValues, presentOf } from "./joined-values.js";
import { readTimes } from "./read-times.js";

/**
 * A column around the memory of an Arrow vector: numbers, integers and bigints of one part without missing values are
 * used as they are; texts are decoded when they are asked for. Copies are made of several parts, of bits, of times, and
 * of numbers with missing ones among them, which become NaN.
 * @throws MisconfigurationError for lists, records, bytes and decimals
 */
export function arrowColumn(name: string, vector: ArrowVector): Column {
  const { type } = vector;
  if (isText(type)) return { type: "text", values: textsOf(vector) };
  switch (type.typeId) {
    case ARROW.int:
      return intColumn(vector);
    case ARROW.float:
      return type.precision === 0 ? numberColumn(vector) : floatColumn(vector);
    case ARROW.bool:
      return { type: "boolean", values: bytesOfBits(vector), present: presentOf(vector) };
    case ARROW.date:
    case ARROW.timestamp:
      return { type: "date", values: readTimes(vector) };
    case ARROW.null:
      return { type: "number", values: new Float64Array(vector.length).fill(Number.NaN) };
    case ARROW.dictionary:
      return (
        dictionaryColumn(vector) ??
        makeColumn(
          name,
          Array.from({ length: vector.length }, (_, row) => cellOf(vector, row)),
        )
      );
    default:
      throw new MisconfigurationError({
        message: `Column ${JSON.stringify(name)} of the Arrow table is of type ${type.toString()}, which no table holds.`,
        expected: "numbers, booleans, texts, times or dictionaries",
        tryThis: "the option columns, with all others, or a cast before (decimals to float64).",
      });
  }
}

function intColumn(vector: ArrowVector): Column {
  const { bitWidth = 32, isSigned = true } = vector.type;
  const values = joinedValues(vector);
  if (values instanceof BigInt64Array || values instanceof BigUint64Array)
    return { type: "bigint", values, present: presentOf(vector) };
  if (bitWidth < 64 && isIntegers(values) && (isSigned || bitWidth < 32))
    return { type: "integer", values, present: presentOf(vector) };
  return numberColumn(vector);
}

function floatColumn(vector: ArrowVector): Column {
  const values = joinedValues(vector);
  const isFloats = values instanceof Float32Array || values instanceof Float64Array;
  if (!isFloats) return numberColumn(vector);
  const present = presentOf(vector);
  if (present === undefined) return { type: "number", values };
  return { type: "number", values: values.map((value, row) => (present[row] === 0 ? Number.NaN : value)) };
}

function numberColumn(vector: ArrowVector): Column {
  return { type: "number", values: readNumbers(vector) };
}

/** Values one by one, as Arrow gives them, and NaN for what is missing. */
function readNumbers(vector: ArrowVector): Float64Array {
  return Float64Array.from({ length: vector.length }, (_, row) => {
    const value = vector.get(row);
    return value === null || value === undefined ? Number.NaN : Number(value);
  });
}

function bytesOfBits(vector: ArrowVector): Uint8Array {
  return Uint8Array.from({ length: vector.length }, (_, row) => (vector.get(row) === true ? 1 : 0));
}

function textsOf(vector: ArrowVector) {
  const at = (row: number): string | undefined => {
    const text = vector.get(row);
    return typeof text === "string" ? text : undefined;
  };
  return { length: vector.length, at };
}

function cellOf(vector: ArrowVector, row: number) {
  const value = vector.get(row);
  const isCell =
    typeof value === "number" || typeof value === "bigint" || typeof value === "boolean" || typeof value === "string";
  return isCell ? value : undefined;
}
