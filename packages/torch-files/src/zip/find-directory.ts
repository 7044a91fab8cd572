import { damagedZip } from "./zip-entry.js";

const END = 0x06054b50;
const END_BYTES = 22;
const LOCATOR_64 = 0x07064b50;
const LOCATOR_BYTES = 20;
const END_64 = 0x06064b50;
const END_64_BYTES = 56;
const LONGEST_COMMENT = 0xffff;

/** The central directory of a zip file, as its end record says. */
export interface ZipDirectoryPlace {
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

/** @throws TorchFileError where there is none, or it lies outside of the file */
export function findDirectory(view: DataView): ZipDirectoryPlace {
  const endRecord = findEndRecord(view);
  const isLong = endRecord >= LOCATOR_BYTES && view.getUint32(endRecord - LOCATOR_BYTES, true) === LOCATOR_64;
  const place = isLong ? readLong(view, endRecord - LOCATOR_BYTES) : readShort(view, endRecord);
  if (!Number.isSafeInteger(place.end) || place.end > endRecord)
    throw damagedZip("its directory does not lie within the file, so it may be cut off");
  return place;
}

function findEndRecord(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= 0 && at >= last - LONGEST_COMMENT; at -= 1)
    if (view.getUint32(at, true) === END && view.getUint16(at + 20, true) === last - at) return at;
  throw damagedZip("it has no directory at its end, so it is cut off or damaged", "copying the file again.");
}

function readShort(view: DataView, at: number): ZipDirectoryPlace {
  const [size, start] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
  return { start, end: start + size, count: view.getUint16(at + 10, true) };
}

function readLong(view: DataView, locator: number): ZipDirectoryPlace {
  const at = Number(view.getBigUint64(locator + 8, true));
  if (at + END_64_BYTES > locator || view.getUint32(at, true) !== END_64)
    throw damagedZip("its directory of large files is missing");
  const start = Number(view.getBigUint64(at + 48, true));
  const size = Number(view.getBigUint64(at + 40, true));
  return { start, end: start + size, count: Number(view.getBigUint64(at + 32, true)) };
}
