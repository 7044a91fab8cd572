import type { FileSystem, WritableFile } from "@lightning-ts/core";
import { maskedCrc32c } from "./crc32c.js";

const LENGTH_BYTES = 8;
const CHECKSUM_BYTES = 4;

/** Makes the name and the first event of a new file. */
export interface EventFileStart {
  readonly path: string;
  readonly firstEvent: Uint8Array;
}

/**
 * A TFRecord file of events. Events are buffered and written in whole records; after a failed write the next one begins
 * a new file with everything that was not written, because the old one may end in half a record.
 */
export class EventFile {
  readonly #files: FileSystem;
  readonly #start: () => EventFileStart;
  #file: WritableFile | undefined;
  #pending: (Uint8Array | Promise<Uint8Array>)[] = [];

  constructor(files: FileSystem, start: () => EventFileStart) {
    this.#files = files;
    this.#start = start;
  }

  get pendingCount(): number {
    return this.#pending.length;
  }

  add(event: Uint8Array | Promise<Uint8Array>): void {
    // The next flush says what went wrong.
    if (event instanceof Promise) event.catch(() => undefined);
    this.#pending.push(event);
  }

  /** Events that cannot be made are kept, as those that cannot be written, and do not hold up the others. */
  async flush(): Promise<void> {
    const pending = [...this.#pending];
    if (pending.length === 0) return;
    const made = await Promise.allSettled(pending.map(async (event) => frame(await event)));
    const records = made.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    if (records.length > 0) await this.#write(records);
    const failed = pending.filter((_, i) => made[i]?.status === "rejected");
    this.#pending = [...failed, ...this.#pending.slice(pending.length)];
    await failed[0];
  }

  async #write(records: readonly Uint8Array[]): Promise<void> {
    try {
      const file = this.#file ?? (await this.#begin());
      await file.write(joined(records));
      await file.flush();
    } catch (error) {
      await this.#abandon();
      throw error;
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #begin(): Promise<WritableFile> {
    const { path, firstEvent } = this.#start();
    const file = await this.#files.open(path, "create");
    this.#file = file;
    await file.write(frame(firstEvent));
    await this.#files.flushDirectory(this.#files.dirname(path));
    return file;
  }

  async #abandon(): Promise<void> {
    try {
      await this.close();
    } catch {
      // The write failed already, and that error is the one to report.
    }
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.byteLength, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.byteLength;
  }
  return all;
}

/** One record: length, checksum of the length, bytes, checksum of the bytes. */
function frame(event: Uint8Array): Uint8Array {
  const record = new Uint8Array(LENGTH_BYTES + CHECKSUM_BYTES + event.byteLength + CHECKSUM_BYTES);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(event.byteLength), true);
  view.setUint32(LENGTH_BYTES, maskedCrc32c(record.subarray(0, LENGTH_BYTES)), true);
  record.set(event, LENGTH_BYTES + CHECKSUM_BYTES);
  view.setUint32(LENGTH_BYTES + CHECKSUM_BYTES + event.byteLength, maskedCrc32c(event), true);
  return record;
}
