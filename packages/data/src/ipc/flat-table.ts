import { damagedArrow } from "./damaged-arrow.js";

/** Bytes of flatbuffers, of which a limited number of tables and texts is read: damaged ones may go in circles. */
export interface FlatBytes {
  readonly path: string;
  readonly view: DataView;
  /** Where the view begins in the file, for messages. */
  readonly offsetBytes: number;
  /** How much may still be read, in bytes. */
  budget: number;
}

/** Elements that lie behind each other. */
export interface FlatVector {
  readonly at: number;
  readonly length: number;
}

/** The smallest table: where its slots are described. */
const TABLE_BYTES = 4;

/**
 * A table of flatbuffers, of which every part that is asked for lies within the bytes. The library that reads Arrow
 * takes what it finds, so that a damaged count makes it run for minutes.
 */
export class FlatTable {
  readonly #bytes: FlatBytes;
  readonly #at: number;
  readonly #slots: number;
  readonly #slotsEnd: number;

  private constructor(bytes: FlatBytes, at: number) {
    this.#bytes = bytes;
    this.#at = at;
    bytes.budget -= TABLE_BYTES;
    if (bytes.budget < 0) throw fault(bytes, at, "its description goes in circles");
    this.#slots = at - int32(bytes, at);
    const size = int16(bytes, this.#slots);
    this.#slotsEnd = this.#slots + size;
    if (size < 4 || this.#slotsEnd > bytes.view.byteLength) throw fault(bytes, at, "its description is cut off");
  }

  /** The table that the bytes begin with. */
  static root(bytes: FlatBytes): FlatTable {
    return new FlatTable(bytes, int32(bytes, 0));
  }

  int8(slot: number, otherwise = 0): number {
    const at = this.#find(slot, 1);
    return at === undefined ? otherwise : this.#bytes.view.getInt8(at);
  }

  int16(slot: number): number {
    const at = this.#find(slot, 2);
    return at === undefined ? 0 : this.#bytes.view.getInt16(at, true);
  }

  /** @throws DataFileError for numbers below 0 and beyond 2^53 */
  count(slot: number): number {
    const at = this.#find(slot, 8);
    return at === undefined ? 0 : countAt(this.#bytes, at);
  }

  id(slot: number): bigint {
    const at = this.#find(slot, 8);
    return at === undefined ? 0n : this.#bytes.view.getBigInt64(at, true);
  }

  table(slot: number): FlatTable | undefined {
    const at = this.#find(slot, 4);
    return at === undefined ? undefined : new FlatTable(this.#bytes, at + int32(this.#bytes, at));
  }

  tables(slot: number): readonly FlatTable[] {
    const { at, length } = this.vector(slot, 4);
    return Array.from({ length }, (_, i) => new FlatTable(this.#bytes, at + 4 * i + int32(this.#bytes, at + 4 * i)));
  }

  /** The counts of elements that consist of some, with `bytesEach` from one element to the next. */
  counts(slot: number, bytesEach: number, inElement: readonly number[]): readonly (readonly number[])[] {
    const { at, length } = this.vector(slot, bytesEach);
    return Array.from({ length }, (_, i) =>
      inElement.map((inside) => countAt(this.#bytes, at + bytesEach * i + inside)),
    );
  }

  vector(slot: number, bytesEach: number): FlatVector {
    const found = this.#find(slot, 4);
    if (found === undefined) return { at: 0, length: 0 };
    const at = found + int32(this.#bytes, found);
    const length = int32(this.#bytes, at);
    this.#spend(at, length * bytesEach);
    return { at: at + 4, length };
  }

  /** Takes note of a text that will be read. */
  text(slot: number): void {
    this.vector(slot, 1);
  }

  #spend(at: number, bytes: number): void {
    const { view } = this.#bytes;
    if (bytes < 0 || at + 4 + bytes > view.byteLength)
      throw fault(this.#bytes, at, "a list in its description is longer than the file");
    this.#bytes.budget -= bytes;
    if (this.#bytes.budget < 0) throw fault(this.#bytes, at, "its description goes in circles");
  }

  #find(slot: number, bytes: number): number | undefined {
    const entry = this.#slots + 4 + 2 * slot;
    if (entry >= this.#slotsEnd) return undefined; // As the library does, also where one byte of the entry is left.
    const inside = int16(this.#bytes, entry);
    if (inside === 0) return undefined;
    if (this.#at + inside < 0 || this.#at + inside + bytes > this.#bytes.view.byteLength)
      throw fault(this.#bytes, entry, "its description is cut off");
    return this.#at + inside;
  }
}

function fault({ path, offsetBytes }: FlatBytes, at: number, reason: string): Error {
  return damagedArrow(path, reason, offsetBytes + Math.max(at, 0));
}

function int32(bytes: FlatBytes, at: number): number {
  if (at < 0 || at + 4 > bytes.view.byteLength) throw fault(bytes, at, "its description is cut off");
  return bytes.view.getInt32(at, true);
}

function int16(bytes: FlatBytes, at: number): number {
  if (at < 0 || at + 2 > bytes.view.byteLength) throw fault(bytes, at, "its description is cut off");
  return bytes.view.getInt16(at, true);
}

function countAt(bytes: FlatBytes, at: number): number {
  const count = Number(bytes.view.getBigInt64(at, true));
  if (count < 0 || !Number.isSafeInteger(count)) throw fault(bytes, at, `its description counts to ${count}`);
  return count;
}
