import type { Present } from "../table/column.js";
import type { ArrowData, ArrowVector } from "./arrow-like.js";

/** The numbers of a vector: of one part the memory itself, of several a copy; undefined where they are none. */
export function joinedValues({ data, length }: ArrowVector): ArrayBufferView | undefined {
  const parts = data.map(numbersOf);
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first;
  const joined: ArrayBufferView = Reflect.construct(first.constructor, [length]);
  const bytes = new Uint8Array(joined.buffer);
  let at = 0;
  for (const part of parts) {
    if (part === undefined) return undefined;
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return joined;
}

/** Memory may be longer than the part, as it is padded. */
function numbersOf({ values, length }: ArrowData): ArrayBufferView | undefined {
  if (!ArrayBuffer.isView(values) || values instanceof DataView || !("BYTES_PER_ELEMENT" in values)) return undefined;
  const size = Number(values.BYTES_PER_ELEMENT);
  if (values.byteLength === length * size) return values;
  return Reflect.construct(values.constructor, [values.buffer, values.byteOffset, length]);
}

/** 1 where a row has a value; undefined where all have one. */
export function presentOf({ data, length, nullCount }: ArrowVector): Present {
  if (nullCount === 0) return undefined;
  const present = new Uint8Array(length).fill(1);
  let at = 0;
  for (const { length: rows, nullBitmap, offset, nullCount: nulls } of data) {
    if (nulls > 0 && nullBitmap !== null && nullBitmap !== undefined)
      for (let row = 0; row < rows; row += 1) {
        const bit = offset + row;
        present[at + row] = ((nullBitmap[bit >> 3] ?? 0) >> (bit & 7)) & 1;
      }
    at += rows;
  }
  return present;
}
