import { quote } from "../errors/quote.js";
import { findDirectory } from "./find-directory.js";
import { damagedZip, type ZipEntry } from "./zip-entry.js";

const CENTRAL = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const ZIP_64_EXTRA = 1;
const ALL_BITS = 0xffffffff;
const MOST_ENTRIES = 200_000;
const ENCRYPTED = 1;

/**
 * All members of a zip file by name. The whole directory is checked before it is returned: every member lies within the
 * file, where its own header says the same, and shares no byte with another; names are plain and occur once.
 * @throws TorchFileError
 */
export function readDirectory(file: Uint8Array): ReadonlyMap<string, ZipEntry> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const directory = findDirectory(view);
  if (directory.count > MOST_ENTRIES)
    throw damagedZip(`it claims to hold ${directory.count} members; at most ${MOST_ENTRIES} are read`);
  const entries = new Map<string, ZipEntry>();
  let at = directory.start;
  for (let number = 0; number < directory.count; number += 1) {
    if (at + CENTRAL_BYTES > directory.end || view.getUint32(at, true) !== CENTRAL)
      throw damagedZip(`its directory claims ${directory.count} members and ends after ${number}`);
    const { entry, next } = readEntry(file, view, at, directory);
    if (entries.has(entry.name)) throw damagedZip(`it has two members called ${quote(entry.name)}`);
    entries.set(entry.name, entry);
    at = next;
  }
  checkOverlaps([...entries.values()]);
  return entries;
}

interface Limits {
  readonly start: number;
  readonly end: number;
}

function readEntry(
  file: Uint8Array,
  view: DataView,
  at: number,
  directory: Limits,
): { readonly entry: ZipEntry; readonly next: number } {
  const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
  const nameEnd = at + CENTRAL_BYTES + (nameBytes ?? 0);
  const extraEnd = nameEnd + (extraBytes ?? 0);
  const next = extraEnd + (commentBytes ?? 0);
  if (next > directory.end) throw damagedZip("a name in its directory reaches beyond the directory's end");
  const name = readName(file.subarray(at + CENTRAL_BYTES, nameEnd));
  const method = view.getUint16(at + 10, true);
  if ((view.getUint16(at + 8, true) & ENCRYPTED) !== 0) throw damagedZip(`${quote(name)} is encrypted`);
  if (method !== 0 && method !== 8)
    throw damagedZip(`${quote(name)} is packed with method ${method}`, "packing it with stored or deflated members.");
  const fields = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  const [sizeBytes = 0, packedBytes = 0, start = 0] = longFields(view, fields, nameEnd, extraEnd);
  const dataStart = findData(file, view, { name, start, method, limit: directory.start });
  const dataEnd = dataStart + packedBytes;
  if (dataEnd > directory.start) throw damagedZip(`${quote(name)} reaches beyond the end of all members`);
  if (method === 0 && packedBytes !== sizeBytes)
    throw damagedZip(`${quote(name)} is stored, but its two sizes are ${packedBytes} and ${sizeBytes}`);
  return { entry: { name, method, crc: view.getUint32(at + 16, true), start, dataStart, dataEnd, sizeBytes }, next };
}

/** Where a field of 32 bits is full, the next one of the extra field of large files stands for it. */
function longFields(view: DataView, fields: readonly number[], start: number, end: number): number[] {
  if (!fields.includes(ALL_BITS)) return [...fields];
  for (let at = start; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== ZIP_64_EXTRA) continue;
    let long = at + 4;
    return fields.map((field) => {
      if (field !== ALL_BITS) return field;
      if (long + 8 > end) throw damagedZip("the sizes of a large member are cut off");
      const value = Number(view.getBigUint64(long, true));
      long += 8;
      if (!Number.isSafeInteger(value)) throw damagedZip(`a member claims ${value} bytes`);
      return value;
    });
  }
  return [...fields];
}

/** Follows the directory to the member itself. @returns where its data begin */
function findData(
  file: Uint8Array,
  view: DataView,
  { name, start, method, limit }: { name: string; start: number; method: number; limit: number },
): number {
  if (start + LOCAL_BYTES > limit || view.getUint32(start, true) !== LOCAL)
    throw damagedZip(`its directory says that ${quote(name)} begins at byte ${start}, where no member begins`);
  const nameEnd = start + LOCAL_BYTES + view.getUint16(start + 26, true);
  if (nameEnd > limit || readName(file.subarray(start + LOCAL_BYTES, nameEnd)) !== name)
    throw damagedZip(`its directory says that ${quote(name)} begins at byte ${start}, where another member begins`);
  if (view.getUint16(start + 8, true) !== method)
    throw damagedZip(`directory and header of ${quote(name)} name different methods`);
  return nameEnd + view.getUint16(start + 28, true);
}

function readName(bytes: Uint8Array): string {
  let name: string;
  try {
    name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw damagedZip("a name in it is no UTF-8 text");
  }
  const parts = name.split("/");
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (name === "" || parts[0] === "" || parts.includes("..") || /[\u0000-\u001f\\]/.test(name) || /^[a-z]:/i.test(name))
    throw damagedZip(`it has a member called ${quote(name)}, which could leave its folder`);
  return name;
}

function checkOverlaps(entries: readonly ZipEntry[]): void {
  let before: ZipEntry | undefined;
  for (const entry of [...entries].sort((a, b) => a.start - b.start)) {
    if (before !== undefined && entry.start < before.dataEnd)
      throw damagedZip(`${quote(entry.name)} shares bytes with ${quote(before.name)}`);
    before = entry;
  }
}
