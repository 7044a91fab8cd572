import type { IntegerValues } from "../table/column.js";
import { isIntegers } from "../table/make-column.js";
import { ARROW, type ArrowData, type ArrowTable, type ArrowType, type ArrowVector } from "./arrow-like.js";

/** A text of this many bytes or fewer stands in its view; of a longer one the view says where it lies. */
const SHORT_TEXT_BYTES = 12;
const VIEW_BYTES = 16;
/** A column in which everything is missing has no memory that its length could be compared with. */
const MOST_ROWS_OF_NOTHING = 2 ** 27;

/**
 * Compares the columns of a table that was read with their memory: lengths, where texts begin and end, and which
 * entries of dictionaries there are. Without it a damaged file gives values from elsewhere.
 * @throws Error for the first column that has not what it says
 */
export function checkMemory(table: ArrowTable): void {
  for (const { name } of table.schema.fields) {
    const vector = table.getChild(name);
    if (vector === null || vector.length !== table.numRows)
      throw new Error(`column ${name} has ${vector?.length ?? 0} rows instead of ${table.numRows}`);
    checkVector(name, vector);
  }
}

function checkVector(name: string, { data, type }: ArrowVector): void {
  const dictionaries = new Set<ArrowVector>();
  for (const part of data) {
    const fault = faultOf(part, type);
    if (fault !== undefined) throw new Error(`column ${name} ${fault}`);
    if (part.dictionary !== undefined && !dictionaries.has(part.dictionary)) {
      dictionaries.add(part.dictionary);
      checkVector(name, part.dictionary);
    }
  }
}

function faultOf(part: ArrowData, type: ArrowType): string | undefined {
  const { length, nullCount, nullBitmap } = part;
  const bits = Math.ceil(length / 8);
  if (nullCount > 0 && type.typeId !== ARROW.null && (nullBitmap?.length ?? 0) < bits)
    return `has fewer than ${length} rows`;
  switch (type.typeId) {
    case ARROW.null:
      return length > MOST_ROWS_OF_NOTHING ? `says that it has ${length} rows` : undefined;
    case ARROW.bool:
      return lengthOf(part.values) < bits ? `has fewer than ${length} rows` : undefined;
    case ARROW.int:
    case ARROW.float:
    case ARROW.date:
    case ARROW.timestamp:
      return lengthOf(part.values) < length ? `has fewer than ${length} rows` : undefined;
    case ARROW.dictionary:
      return faultOfCodes(part);
    case ARROW.utf8:
    case ARROW.largeUtf8:
      return faultOfTexts(part);
    case ARROW.utf8View:
      return faultOfViews(part);
    default:
      return undefined; // No table holds it (fromArrow says so).
  }
}

function faultOfCodes(part: ArrowData): string | undefined {
  const { length, values, dictionary } = part;
  if (lengthOf(values) < length) return `has fewer than ${length} rows`;
  if (dictionary === undefined) return "has no dictionary";
  const codes: ArrayLike<number | bigint> = isCodes(values) ? values : [];
  const entries = dictionary.length;
  for (let row = 0; row < length; row += 1) {
    const code = Number(codes[row]);
    if ((code < 0 || code >= entries) && isPresent(part, row))
      return `uses entry ${code} of a dictionary of ${entries}`;
  }
  return undefined;
}

function isCodes(values: unknown): values is IntegerValues | Uint32Array | BigInt64Array | BigUint64Array {
  if (!ArrayBuffer.isView(values)) return false;
  return (
    isIntegers(values) ||
    values instanceof Uint32Array ||
    values instanceof BigInt64Array ||
    values instanceof BigUint64Array
  );
}

function faultOfTexts({ length, values, valueOffsets }: ArrowData): string | undefined {
  if (length === 0) return undefined;
  const places = valueOffsets ?? [];
  if (places.length <= length) return `has fewer than ${length} rows`;
  let last = 0;
  for (let row = 0; row <= length; row += 1) {
    const place = Number(places[row]);
    if (place < last) return `has texts that end before they begin, in row ${Math.max(row - 1, 0)}`;
    last = place;
  }
  return last > lengthOf(values) ? "has texts that are cut off" : undefined;
}

function faultOfViews(part: ArrowData): string | undefined {
  const { length, values, variadicBuffers = [] } = part;
  if (!(values instanceof Uint8Array) || values.length < length * VIEW_BYTES) return `has fewer than ${length} rows`;
  const views = new DataView(values.buffer, values.byteOffset, values.byteLength);
  for (let row = 0; row < length; row += 1) {
    const at = row * VIEW_BYTES;
    const bytes = views.getInt32(at, true);
    if (bytes >= 0 && bytes <= SHORT_TEXT_BYTES) continue;
    const end = views.getInt32(at + 12, true) + bytes;
    const isThere = bytes > 0 && end >= bytes && end <= lengthOf(variadicBuffers[views.getInt32(at + 8, true)]);
    if (!isThere && isPresent(part, row)) return `has a text that is cut off, in row ${row}`;
  }
  return undefined;
}

function isPresent({ nullCount, nullBitmap }: ArrowData, row: number): boolean {
  return nullCount === 0 || (((nullBitmap?.[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
}

function lengthOf(values: unknown): number {
  return ArrayBuffer.isView(values) && "length" in values ? Number(values.length) : -1;
}
