const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** The fields of a protocol buffer message that are messages, texts or bytes, by their numbers. Others are skipped. */
export class ProtoReader {
  readonly #fields = new Map<number, Uint8Array[]>();

  constructor(bytes: Uint8Array) {
    let at = 0;
    const varint = (): number => {
      let value = 0;
      for (let factor = 1; ; factor *= 128) {
        const byte = bytes[at] ?? 0;
        at += 1;
        value += (byte & 127) * factor;
        if (byte < 128) return value;
      }
    };
    while (at < bytes.length) {
      const tag = varint();
      const [field, wireType] = [Math.floor(tag / 8), tag % 8];
      if (wireType === VARINT) varint();
      else if (wireType === FIXED64) at += 8;
      else if (wireType === FIXED32) at += 4;
      else if (wireType === BYTES) {
        const length = varint();
        const found = this.#fields.get(field) ?? [];
        found.push(bytes.subarray(at, at + length));
        this.#fields.set(field, found);
        at += length;
      } else throw new RangeError(`a message has a field of the unknown kind ${wireType}`);
    }
  }

  messages(field: number): ProtoReader[] {
    return (this.#fields.get(field) ?? []).map((bytes) => new ProtoReader(bytes));
  }

  texts(field: number): string[] {
    return (this.#fields.get(field) ?? []).map((bytes) => new TextDecoder().decode(bytes));
  }

  text(field: number): string {
    return this.texts(field).at(-1) ?? "";
  }
}
