import { damagedPickle } from "./pickle-error.js";

/** Reads from front to back, and nothing beyond the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get at(): number {
    return this.#at;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** A length of 64 bits. */
  length64(): number {
    const length = this.#view.getBigUint64(this.#advance(8), true);
    if (length > BigInt(this.#bytes.length)) throw damagedPickle(`it claims a value of ${length} bytes`, this.#at);
    return Number(length);
  }

  /** A float as pickles write it: big-endian. */
  float64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** A part of the pickle, not a copy. */
  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  text(length: number): string {
    return decodeText(this.bytes(length), this.#at);
  }

  /** Text up to the end of the line. */
  line(): string {
    const end = this.#bytes.indexOf(10, this.#at);
    if (end < 0) throw damagedPickle("a name in it does not end", this.#at);
    const text = this.text(end - this.#at);
    this.#at += 1;
    return text;
  }

  #advance(length: number): number {
    const start = this.#at;
    if (start + length > this.#bytes.length)
      throw damagedPickle(`it ends where ${length} more bytes should follow`, start);
    this.#at += length;
    return start;
  }
}

function decodeText(bytes: Uint8Array, at: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw damagedPickle("a text in it is no UTF-8", at);
  }
}
