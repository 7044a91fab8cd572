import { callInWords, type CallDescription } from "../call-description.js";
import { REDUCE_OPS } from "../collective.js";
import { HEADER_BYTES } from "./layout.js";

const OPERATIONS = [
  ...["barrier", "broadcast", "allReduce", "reduce", "allGather", "gather", "scatter", "reduceScatter", "allToAll"],
  ...["send", "exchangeBytes"],
] as const;
const NUMBER_TYPES = ["none", "float32", "int32", "uint8"] as const;
const REDUCTIONS = ["none", ...REDUCE_OPS] as const;

const WORD = { call: 0, operation: 1, numberType: 2, length: 3, reduction: 4, root: 5, nameBytes: 6, ownBytes: 7 };
const FIRST_NAME_BYTE = 64;

/** Reads and writes what a member says of its call. */
export class CallHeader {
  readonly #words: Int32Array;
  readonly #name: Uint8Array;

  constructor(buffer: ArrayBuffer, byteOffset: number) {
    this.#words = new Int32Array(buffer, byteOffset, FIRST_NAME_BYTE / 4);
    this.#name = new Uint8Array(buffer, byteOffset + FIRST_NAME_BYTE, HEADER_BYTES - FIRST_NAME_BYTE);
  }

  /** @param ownBytes what this rank alone brings, where ranks may differ */
  write(call: number, description: CallDescription, ownBytes: number): void {
    this.#words.set([
      call,
      OPERATIONS.indexOf(description.operation),
      NUMBER_TYPES.indexOf(description.numberType),
      description.length,
      REDUCTIONS.indexOf(description.reduction),
      description.root,
      new TextEncoder().encodeInto(description.name, this.#name).written,
      ownBytes,
    ]);
  }

  get ownBytes(): number {
    return this.#words[WORD.ownBytes] ?? 0;
  }

  equals(other: CallHeader): boolean {
    for (let word = 0; word <= WORD.nameBytes; word += 1) if (this.#words[word] !== other.#words[word]) return false;
    const length = this.#words[WORD.nameBytes] ?? 0;
    for (let byte = 0; byte < length; byte += 1) if (this.#name[byte] !== other.#name[byte]) return false;
    return true;
  }

  /** In words, for messages. */
  describe(): string {
    const [call, operation, numberType, length, reduction, root, nameBytes] = this.#words;
    const name = new TextDecoder().decode(this.#name.slice(0, nameBytes));
    const words = callInWords({
      operation: OPERATIONS[operation ?? 0] ?? "barrier",
      name,
      numberType: NUMBER_TYPES[numberType ?? 0] ?? "none",
      length: length ?? 0,
      reduction: REDUCTIONS[reduction ?? 0] ?? "none",
      root: root ?? -1,
    });
    return `call ${call}, ${words}`;
  }
}
