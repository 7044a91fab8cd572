import { TorchValueError } from "../errors/torch-value-error.js";
import { crc32 } from "./crc32.js";

/** PyTorch aligns every member so, for files that are mapped into memory. */
const ALIGNMENT = 64;
const LARGEST = 0xffffffff;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const EXTRA_HEADER_BYTES = 4;
/** The field that PyTorch pads with: "FB". */
const PADDING_FIELD = 0x4246;
const UTF_8 = 0x0800;
/** 1 January 1980, the first day that a zip file knows. */
const NO_DATE = 0x21;

interface Placed {
  readonly name: Uint8Array;
  readonly data: Uint8Array;
  readonly crc: number;
  readonly start: number;
  readonly dataStart: number;
}

/** A zip file whose members are stored as they are, each aligned. @throws TorchValueError beyond 4 GiB */
export function writeZip(members: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const placed: Placed[] = [];
  let at = 0;
  for (const [text, data] of members) {
    const name = new TextEncoder().encode(text);
    const dataStart = align(at + LOCAL_BYTES + name.length + EXTRA_HEADER_BYTES);
    placed.push({ name, data, crc: crc32(data), start: at, dataStart });
    at = dataStart + data.length;
  }
  const directoryBytes = placed.reduce((sum, { name }) => sum + CENTRAL_BYTES + name.length, 0);
  if (at + directoryBytes > LARGEST || placed.length > 0xffff)
    throw new TorchValueError({
      message: "This file would be too large to write.",
      expected: "at most 4 GiB in at most 65535 storages",
      received: `${at + directoryBytes} bytes in ${placed.length}`,
      tryThis: "safetensors.",
    });
  const file = new Uint8Array(at + directoryBytes + END_BYTES);
  const view = new DataView(file.buffer);
  for (const member of placed) writeMember(file, view, member);
  let central = at;
  for (const member of placed) central = writeCentral(file, view, member, central);
  writeEnd(view, central, { count: placed.length, start: at });
  return file;
}

function align(at: number): number {
  return Math.ceil(at / ALIGNMENT) * ALIGNMENT;
}

function writeMember(file: Uint8Array, view: DataView, member: Placed): void {
  const { name, data, start, dataStart } = member;
  const extraStart = start + LOCAL_BYTES + name.length;
  view.setUint32(start, 0x04034b50, true);
  writeFacts(view, start + 4, member);
  view.setUint16(start + 28, dataStart - extraStart, true);
  file.set(name, start + LOCAL_BYTES);
  view.setUint16(extraStart, PADDING_FIELD, true);
  view.setUint16(extraStart + 2, dataStart - extraStart - EXTRA_HEADER_BYTES, true);
  file.set(data, dataStart);
}

/** What header and directory say alike, from the version that is needed to the length of the name. */
function writeFacts(view: DataView, at: number, { name, data, crc }: Placed): void {
  view.setUint16(at, 20, true);
  view.setUint16(at + 2, UTF_8, true);
  view.setUint16(at + 8, NO_DATE, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, data.length, true);
  view.setUint32(at + 18, data.length, true);
  view.setUint16(at + 22, name.length, true);
}

function writeCentral(file: Uint8Array, view: DataView, member: Placed, at: number): number {
  view.setUint32(at, 0x02014b50, true);
  view.setUint16(at + 4, 20, true);
  writeFacts(view, at + 6, member);
  view.setUint32(at + 42, member.start, true);
  file.set(member.name, at + CENTRAL_BYTES);
  return at + CENTRAL_BYTES + member.name.length;
}

function writeEnd(view: DataView, at: number, { count, start }: { count: number; start: number }): void {
  view.setUint32(at, 0x06054b50, true);
  view.setUint16(at + 8, count, true);
  view.setUint16(at + 10, count, true);
  view.setUint32(at + 12, at - start, true);
  view.setUint32(at + 16, start, true);
}
