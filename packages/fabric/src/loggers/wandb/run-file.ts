import type { FileSystem } from "@lightning-ts/core";
import { appendToFile } from "../../checkpoint/append-to-file.js";
import { makeFolder } from "../../checkpoint/make-folder.js";
import { replaceFile } from "../../checkpoint/replace-file.js";
import { crc32 } from "./crc32.js";

/** The file begins with `:W&B`, a number that only such files have, and the version 0. */
const START = Uint8Array.of(0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0);
/** LevelDB's log: blocks of this length, in which no record's head is cut. */
const BLOCK_BYTES = 32_768;
const HEAD_BYTES = 7;
const KINDS = { whole: 1, first: 2, middle: 3, last: 4 } as const;

/**
 * The file of a run that `wandb sync` reads: records in LevelDB's log format. Records are buffered; after a write that
 * failed, the file is written anew with what was whole in it, because it may end in half a record.
 */
export class RunFile {
  readonly #files: FileSystem;
  readonly #path: string;
  #pending: Uint8Array[] = [];
  /** What is safely in the file. */
  #wholeBytes = 0;
  #isTorn = false;

  constructor(files: FileSystem, path: string) {
    this.#files = files;
    this.#path = path;
  }

  get length(): number {
    return this.#wholeBytes;
  }

  add(record: Uint8Array): void {
    this.#pending.push(record);
  }

  /** Forgets what is not written yet; the next write cuts the file off here. */
  cut(length: number): void {
    this.#pending = [];
    this.#wholeBytes = length;
    this.#isTorn = true;
  }

  async flush(): Promise<void> {
    const records = this.#pending;
    if (records.length === 0) return;
    const start = this.#wholeBytes;
    const bytes = framed(records, start);
    try {
      if (start === 0 || this.#isTorn) await this.#replace(start, bytes);
      else await appendToFile(this.#files, this.#path, bytes);
    } catch (error) {
      this.#isTorn = true;
      throw error;
    }
    this.#isTorn = false;
    this.#wholeBytes = start + bytes.byteLength;
    this.#pending = this.#pending.slice(records.length);
  }

  async #replace(wholeBytes: number, bytes: Uint8Array): Promise<void> {
    await makeFolder(this.#files, this.#files.dirname(this.#path));
    const whole = wholeBytes === 0 ? new Uint8Array() : await this.#files.readRange(this.#path, 0, wholeBytes);
    await replaceFile(this.#files, this.#path, async (file) => {
      await file.write(whole);
      await file.write(bytes);
    });
  }
}

/** Records as they stand in the file from a place on. */
function framed(records: readonly Uint8Array[], start: number): Uint8Array {
  const parts: Uint8Array[] = start === 0 ? [START] : [];
  let at = start + (parts[0]?.byteLength ?? 0);
  const put = (part: Uint8Array): void => {
    parts.push(part);
    at += part.byteLength;
  };
  for (const record of records)
    for (let done = 0, isFirst = true; isFirst || done < record.byteLength; isFirst = false) {
      if (BLOCK_BYTES - (at % BLOCK_BYTES) < HEAD_BYTES) put(new Uint8Array(BLOCK_BYTES - (at % BLOCK_BYTES)));
      const room = BLOCK_BYTES - (at % BLOCK_BYTES) - HEAD_BYTES;
      const piece = record.subarray(done, done + room);
      done += piece.byteLength;
      put(head(piece, kindOf(isFirst, done === record.byteLength)));
      put(piece);
    }
  const all = new Uint8Array(at - start);
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.byteLength;
  }
  return all;
}

function kindOf(isFirst: boolean, isLast: boolean): number {
  if (isFirst) return isLast ? KINDS.whole : KINDS.first;
  return isLast ? KINDS.last : KINDS.middle;
}

function head(piece: Uint8Array, kind: number): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, crc32(kind, piece), true);
  view.setUint16(4, piece.byteLength, true);
  view.setUint8(6, kind);
  return bytes;
}
