import type { Column, IntegerValues } from "../table/column.js";
import { isIntegers } from "../table/make-column.js";
import { isText, type ArrowVector } from "./arrow-like.js";
import { joinedValues, presentOf } from "./joined-values.js";

/** A dictionary of texts as categories, in the dictionary's order; undefined for one of something else. */
export function dictionaryColumn(vector: ArrowVector): Column | undefined {
  const { dictionary } = vector.type;
  if (dictionary === undefined || !isText(dictionary)) return undefined;
  const dictionaries = [...new Set(vector.data.map((part) => part.dictionary))];
  const [shared] = dictionaries;
  if (shared === undefined || dictionaries.length > 1) return ofNames(vector);
  const codes = integersOf(joinedValues(vector));
  if (codes === undefined) return undefined;
  const categories = Array.from({ length: shared.length }, (_, code) => String(shared.get(code)));
  const present = presentOf(vector);
  const values =
    present === undefined ? codes : Int32Array.from(codes, (code, row) => (present[row] === 0 ? -1 : code));
  return { type: "category", values, categories };
}

function integersOf(values: ArrayBufferView | undefined): IntegerValues | undefined {
  // No dictionary has two thousand million entries.
  if (values instanceof Uint32Array) return new Int32Array(values.buffer, values.byteOffset, values.length);
  return isIntegers(values) ? values : undefined;
}

/** Parts with dictionaries of their own agree on the names alone. */
function ofNames(vector: ArrowVector): Column {
  const codes = new Map<string, number>();
  const values = Int32Array.from({ length: vector.length }, (_, row) => {
    const name = vector.get(row);
    if (typeof name !== "string") return -1;
    const code = codes.get(name) ?? codes.size;
    codes.set(name, code);
    return code;
  });
  return { type: "category", values, categories: [...codes.keys()] };
}
