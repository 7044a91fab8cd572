import { checkBatch, type IpcCodec } from "./check-batch.js";
import { checkMetadata, checkSchema, type IpcLayout } from "./check-schema.js";
import { damagedArrow } from "./damaged-arrow.js";
import { FlatTable, type FlatVector } from "./flat-table.js";
import { DICTIONARY_BATCH, FOOTER, HEADER, MESSAGE, NEWEST_VERSION, OLDEST_VERSION } from "./ipc-slots.js";

/** A description of values, and where they lie. */
interface IpcMessage {
  readonly at: number;
  readonly type: number;
  readonly header: FlatTable;
  readonly bodyAt: number;
  readonly end: number;
}

/** How often each byte of a description may be read: several columns may share a text. */
const READINGS = 4;
/** Before and behind the parts of a file stands its mark, and before the last one the length of the footer. */
const MARK_BYTES = 6;
const FIRST_MESSAGE = 8;
const BLOCK_BYTES = 24;

/**
 * Compares every count and place that a stream of Arrow's format names with its bytes.
 * @returns the codecs that it needs
 * @throws DataFileError where something is not there
 */
export function checkStream(path: string, bytes: Uint8Array): ReadonlySet<IpcCodec> {
  const codecs = new Set<IpcCodec>();
  const first = messageAt(path, bytes, 0);
  if (first?.type !== HEADER.schema) throw damagedArrow(path, "it does not begin with a schema", 0);
  const layout = checkSchema(path, first.header);
  let next = first.end;
  for (;;) {
    const message = messageAt(path, bytes, next);
    if (message === undefined) return codecs;
    checkValues(path, bytes, message, layout, codecs);
    next = message.end;
  }
}

/** The same of a file, whose footer says where its parts are. */
export function checkFile(path: string, bytes: Uint8Array): ReadonlySet<IpcCodec> {
  const codecs = new Set<IpcCodec>();
  const lengthAt = bytes.length - MARK_BYTES - 4;
  const length = lengthAt < FIRST_MESSAGE ? -1 : viewOf(bytes).getInt32(lengthAt, true);
  if (length <= 0 || length > lengthAt - FIRST_MESSAGE) throw damagedArrow(path, "its footer is not there", lengthAt);
  const footer = rootAt(path, bytes, lengthAt - length, length);
  checkVersion(path, footer.int16(FOOTER.version), lengthAt - length);
  const schema = footer.table(FOOTER.schema);
  if (schema === undefined) throw damagedArrow(path, "it has no schema", lengthAt - length);
  const layout = checkSchema(path, schema);
  checkMetadata(footer, FOOTER.metadata);
  let used = 0;
  for (const [slot, type] of [
    [FOOTER.dictionaries, HEADER.dictionary],
    [FOOTER.batches, HEADER.batch],
  ] as const)
    for (const at of blocksOf(bytes, lengthAt - length, footer.vector(slot, BLOCK_BYTES))) {
      const message = at > lengthAt - length ? undefined : messageAt(path, bytes, at);
      if (message?.type !== type) throw damagedArrow(path, "its footer names a part that is not there", at);
      checkValues(path, bytes, message, layout, codecs);
      used += message.end - message.at;
      if (used > bytes.length) throw damagedArrow(path, "its footer names parts more than once", at);
    }
  return codecs;
}

function blocksOf(bytes: Uint8Array, footerAt: number, { at, length }: FlatVector): readonly number[] {
  const view = viewOf(bytes);
  return Array.from({ length }, (_, i) => Number(view.getBigInt64(footerAt + at + i * BLOCK_BYTES, true)));
}

function checkValues(
  path: string,
  bytes: Uint8Array,
  { at, type, header, bodyAt, end }: IpcMessage,
  { columns, dictionaries }: IpcLayout,
  codecs: Set<IpcCodec>,
): void {
  let batch: FlatTable | undefined = header;
  let expected = columns;
  if (type === HEADER.dictionary) {
    const parts = dictionaries.get(header.id(DICTIONARY_BATCH.id));
    batch = header.table(DICTIONARY_BATCH.data);
    if (parts === undefined) throw damagedArrow(path, "it has a dictionary that no column uses", at);
    expected = [parts];
  } else if (type !== HEADER.batch) throw damagedArrow(path, `a message of type ${type} stands between its values`, at);
  if (batch === undefined) throw damagedArrow(path, "a dictionary has no values", at);
  const codec = checkBatch({ path, offsetBytes: at, bytes: bytes.subarray(bodyAt, end) }, batch, expected);
  if (codec !== undefined) codecs.add(codec);
}

/** The message that begins there; undefined at the end of a stream. */
function messageAt(path: string, bytes: Uint8Array, start: number): IpcMessage | undefined {
  const cutOff = (at: number): Error => damagedArrow(path, "a message is cut off", at);
  const view = viewOf(bytes);
  const lengthAt = (at: number): number => {
    if (at === bytes.length) return 0;
    if (at < 0 || at + 4 > bytes.length) throw cutOff(at);
    return view.getInt32(at, true);
  };
  // Since 2019 a mark of four bytes stands before the length.
  const isMarked = lengthAt(start) === -1;
  const at = isMarked ? start + 8 : start + 4;
  const length = lengthAt(at - 4);
  if (length === 0) return undefined;
  if (length < 0 || at + length > bytes.length) throw cutOff(start);
  const message = rootAt(path, bytes, at, length);
  checkVersion(path, message.int16(MESSAGE.version), start);
  checkMetadata(message, MESSAGE.metadata);
  const header = message.table(MESSAGE.header);
  if (header === undefined) throw damagedArrow(path, "a message says nothing", start);
  const bodyAt = at + length;
  const end = bodyAt + message.count(MESSAGE.bodyLength);
  if (end > bytes.length) throw cutOff(start);
  return { at: start, type: message.int8(MESSAGE.headerType), header, bodyAt, end };
}

function rootAt(path: string, bytes: Uint8Array, at: number, length: number): FlatTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, length);
  return FlatTable.root({ path, view, offsetBytes: at, budget: READINGS * length });
}

function checkVersion(path: string, version: number, at: number): void {
  if (version < OLDEST_VERSION || version > NEWEST_VERSION)
    throw damagedArrow(path, `it is of version ${version + 1} of Arrow's format instead of 4 or 5`, at);
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);
