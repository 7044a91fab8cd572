import type { RankProcess } from "../../ports/ranks.js";
import { BOARD_ENTRY_BYTES } from "./layout.js";

const STATUS = { absent: 0, running: 1, failed: 2, left: 3 } as const;
const STATUSES = ["absent", "running", "failed", "left"] as const;
export type RankStatus = (typeof STATUSES)[number];

const WORD = { status: 0, processId: 1, call: 4, isInside: 5, culprit: 9 };
const TICKS_BYTE = 8;
const PHASE = { lengthWord: 6, fromByte: 64, bytes: 64 };
const OPERATION = { lengthWord: 7, fromByte: 128, bytes: 896 };
const ENDING = { lengthWord: 8, fromByte: 1024, bytes: BOARD_ENTRY_BYTES - 1024 };
type Field = typeof PHASE;

/**
 * Where each rank says what it is at, and how it ended. Others read it when they wait: what they find may be half
 * written and is for messages only, the status excepted.
 */
export class RankBoard {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #ticks: DataView;

  constructor(
    buffer: ArrayBuffer,
    readonly worldSize: number,
  ) {
    const sizeBytes = worldSize * BOARD_ENTRY_BYTES;
    this.#words = new Int32Array(buffer, 0, sizeBytes / 4);
    this.#bytes = new Uint8Array(buffer, 0, sizeBytes);
    this.#ticks = new DataView(buffer, 0, sizeBytes);
  }

  arrive(rank: number, process: RankProcess): void {
    this.#words[this.#word(rank, WORD.processId)] = process.processId;
    this.#ticks.setFloat64(rank * BOARD_ENTRY_BYTES + TICKS_BYTE, process.startedTicks, true);
    this.setPhase(rank, "launch");
    Atomics.store(this.#words, this.#word(rank, WORD.status), STATUS.running);
  }

  setPhase(rank: number, phase: string): void {
    this.#write(rank, PHASE, phase);
  }
  enterCall(rank: number, call: number, operation: string): void {
    this.#write(rank, OPERATION, operation);
    this.#words[this.#word(rank, WORD.call)] = call;
    this.#words[this.#word(rank, WORD.isInside)] = 1;
  }
  leaveCall(rank: number): void {
    this.#words[this.#word(rank, WORD.isInside)] = 0;
  }

  /**
   * Says once how a rank ended; what comes later is a consequence.
   * @param culprit the rank because of which it ended, where that is another
   */
  end(rank: number, status: "failed" | "left", how: string, culprit: number = rank): void {
    if (this.statusOf(rank) === "failed" || this.statusOf(rank) === "left") return;
    this.#write(rank, ENDING, how);
    this.#words[this.#word(rank, WORD.culprit)] = culprit;
    Atomics.store(this.#words, this.#word(rank, WORD.status), STATUS[status]);
  }

  statusOf(rank: number): RankStatus {
    return STATUSES[Atomics.load(this.#words, this.#word(rank, WORD.status))] ?? "absent";
  }
  processOf(rank: number): RankProcess {
    return {
      processId: this.#words[this.#word(rank, WORD.processId)] ?? 0,
      startedTicks: this.#ticks.getFloat64(rank * BOARD_ENTRY_BYTES + TICKS_BYTE, true),
    };
  }
  /** The rank because of which one ended, itself in most cases. */
  culpritOf(rank: number): number {
    return this.#words[this.#word(rank, WORD.culprit)] ?? rank;
  }
  endingOf(rank: number): string {
    return this.#read(rank, ENDING);
  }
  phaseOf(rank: number): string {
    return this.#read(rank, PHASE);
  }

  /** What a rank is at, for messages. */
  whereabouts(rank: number): string {
    if (this.statusOf(rank) === "absent") return `rank ${rank} has not come to launch()`;
    const { processId } = this.processOf(rank);
    const phase = `rank ${rank} (process ${processId}), phase ${this.phaseOf(rank)}`;
    const operation = this.#read(rank, OPERATION);
    if (operation === "") return `${phase}, before its first call`;
    const call = this.#words[this.#word(rank, WORD.call)] ?? 0;
    const isInside = this.#words[this.#word(rank, WORD.isInside)] === 1;
    return `${phase}, ${isInside ? "inside" : "after"} call ${call}, ${operation}`;
  }

  #word(rank: number, word: number): number {
    return (rank * BOARD_ENTRY_BYTES) / 4 + word;
  }
  #write(rank: number, field: Field, text: string): void {
    const from = rank * BOARD_ENTRY_BYTES + field.fromByte;
    const { written } = new TextEncoder().encodeInto(text, this.#bytes.subarray(from, from + field.bytes));
    this.#words[this.#word(rank, field.lengthWord)] = written;
  }
  #read(rank: number, field: Field): string {
    const from = rank * BOARD_ENTRY_BYTES + field.fromByte;
    const length = this.#words[this.#word(rank, field.lengthWord)] ?? 0;
    return new TextDecoder().decode(this.#bytes.slice(from, from + Math.min(length, field.bytes)));
  }
}
