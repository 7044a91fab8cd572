import type { ReduceOp } from "../collective.js";
import { HEADER_BYTES } from "./layout.js";

const OPERATIONS = [
  ...["barrier", "broadcast", "allReduce", "reduce", "allGather", "gather", "scatter", "reduceScatter", "allToAll"],
  ...["send", "exchangeBytes"],
] as const;
const NUMBER_TYPES = ["none", "float32", "int32", "uint8"] as const;
const REDUCTIONS = ["none", "mean", "sum", "product", "min", "max"] as const;

export type Operation =
  | "barrier"
  | "broadcast"
  | "allReduce"
  | "reduce"
  | "allGather"
  | "gather"
  | "scatter"
  | "reduceScatter"
  | "allToAll"
  | "send"
  | "exchangeBytes";

/** What all ranks must say alike of one call. */
export interface CallDescription {
  readonly operation: Operation;
  readonly name: string;
  readonly numberType: (typeof NUMBER_TYPES)[number];
  /** Elements that this rank brings, or that come to it. */
  readonly length: number;
  readonly reduction: ReduceOp | "none";
  /** The rank that sends to all, or gets from all; -1 where none does. */
  readonly root: number;
}

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
    const numbers = numberType === 0 ? "" : ` of ${NUMBER_TYPES[numberType ?? 0]}[${length}]`;
    const how = reduction === 0 ? "" : `, ${REDUCTIONS[reduction ?? 0]}`;
    const whose = root === -1 ? "" : `, rank ${root}`;
    return `call ${call}, ${OPERATIONS[operation ?? 0]} "${name}"${numbers}${how}${whose}`;
  }
}

/** The operation with its name, for messages. */
export function nameCall({ operation, name }: CallDescription): string {
  return `${operation} "${name}"`;
}
