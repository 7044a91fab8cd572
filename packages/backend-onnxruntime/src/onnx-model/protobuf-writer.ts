const INITIAL_BYTES = 1024;
const LONGEST_LENGTH_BYTES = 5;
enum WireType {
  Varint = 0,
  Bytes = 2,
  Fixed32 = 5,
}

/** Writes protocol buffer messages front to back; fields appear in the order of the calls. */
export class ProtobufWriter {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  readonly #text = new TextEncoder();

  /** An int64 or enum field; `value` must be a safe integer (negative ones take ten bytes, as the format asks). */
  integer(field: number, value: number): void {
    this.#tag(field, WireType.Varint);
    this.#varint(value);
  }

  float(field: number, value: number): void {
    this.#tag(field, WireType.Fixed32);
    this.#reserve(4);
    this.#view.setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  string(field: number, value: string): void {
    this.bytes(field, this.#text.encode(value));
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, WireType.Bytes);
    this.#varint(value.byteLength);
    this.#reserve(value.byteLength);
    this.#bytes.set(value, this.#length);
    this.#length += value.byteLength;
  }

  /**
   * A nested message whose fields `write` adds. Its length is known afterwards, so the content moves by that many
   * bytes.
   */
  message(field: number, write: () => void): void {
    this.#tag(field, WireType.Bytes);
    const start = this.#length;
    this.#reserve(LONGEST_LENGTH_BYTES);
    this.#length += 1;
    write();
    const contentBytes = this.#length - start - 1;
    const prefixBytes = varintSize(contentBytes);
    this.#reserve(LONGEST_LENGTH_BYTES);
    if (prefixBytes > 1) this.#bytes.copyWithin(start + prefixBytes, start + 1, this.#length);
    this.#length = start;
    this.#varint(contentBytes);
    this.#length += contentBytes;
  }

  /** A copy of what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #tag(field: number, type: WireType): void {
    this.#varint(field * 8 + type);
  }

  #varint(value: number): void {
    this.#reserve(10);
    if (value < 0) {
      this.#negativeVarint(value);
      return;
    }
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  #negativeVarint(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 0x7fn) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) + 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  #reserve(extra: number): void {
    if (this.#length + extra <= this.#bytes.byteLength) return;
    const grown = new Uint8Array(Math.max(this.#bytes.byteLength * 2, this.#length + extra));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) size += 1;
  return size;
}
