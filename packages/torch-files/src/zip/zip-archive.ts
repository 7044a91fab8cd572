import { Inflate } from "fflate";
import { quote } from "../errors/quote.js";
import { TorchFileError } from "../errors/torch-file-error.js";
import type { MemoryBudget } from "../values/memory-budget.js";
import { crc32 } from "./crc32.js";
import { readDirectory } from "./read-directory.js";
import { damagedZip, type ZipEntry } from "./zip-entry.js";

/** So much is given to the inflater at once; it makes up to a thousand times as much of it. */
const PIECE_BYTES = 4096;

/** The members of a zip file in memory. */
export class ZipArchive {
  readonly #file: Uint8Array;
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  readonly #budget: MemoryBudget;

  /** @param budget for what is inflated @throws TorchFileError where the directory is wrong */
  constructor(file: Uint8Array, budget: MemoryBudget) {
    this.#file = file;
    this.#entries = readDirectory(file);
    this.#budget = budget;
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Bytes of a member once it is read, as the directory claims; 0 where there is none of that name. */
  sizeOf(name: string): number {
    return this.#entries.get(name)?.sizeBytes ?? 0;
  }

  /**
   * The bytes of a member: a part of the file where it is stored, else inflated.
   * @throws TorchFileError where it is missing, or its checksum is another
   * @throws TorchLimitError where it would become larger than the file explains
   */
  read(name: string): Uint8Array {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw damagedZip(`it has no member called ${quote(name)}`);
    const packed = this.#file.subarray(entry.dataStart, entry.dataEnd);
    const bytes = entry.method === 0 ? packed : this.#inflate(entry, packed);
    if (entry.crc !== 0 && crc32(bytes) !== entry.crc)
      throw damagedZip(`the checksum of ${quote(name)} is wrong: its bytes have changed since it was written`);
    return bytes;
  }

  #inflate({ name, sizeBytes }: ZipEntry, packed: Uint8Array): Uint8Array {
    this.#budget.charge(sizeBytes);
    const bytes = new Uint8Array(sizeBytes);
    let length = 0;
    const inflater = new Inflate((chunk) => {
      if (length + chunk.length > sizeBytes)
        throw damagedZip(`${quote(name)} inflates to more than the ${sizeBytes} bytes that the directory says`);
      bytes.set(chunk, length);
      length += chunk.length;
    });
    try {
      for (let at = 0; at < packed.length; at += PIECE_BYTES)
        inflater.push(packed.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= packed.length);
    } catch (cause) {
      if (cause instanceof TorchFileError) throw cause;
      throw new TorchFileError({
        message: `This zip file cannot be read: ${quote(name)} is not deflated as it should be.`,
        cause,
      });
    }
    if (length !== sizeBytes)
      throw damagedZip(`${quote(name)} inflates to ${length} bytes, but the directory says ${sizeBytes}`);
    return bytes;
  }
}
