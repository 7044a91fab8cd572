import { damagedArrow } from "./damaged-arrow.js";
import type { FlatTable } from "./flat-table.js";
import { BATCH, COMPRESSION } from "./ipc-slots.js";

/** Where the values of a batch lie. */
export interface IpcBody {
  readonly path: string;
  readonly offsetBytes: number;
  readonly bytes: Uint8Array;
}

/** The codecs of Arrow's buffers, by their number. */
export type IpcCodec = 0 | 1;

/** How many times larger what is compressed can be: LZ4 counts in bytes of 255, Zstandard repeats 128 KB by 4 bytes. */
const LARGEST_RATIO: Readonly<Record<IpcCodec, number>> = { 0: 255, 1: 32_768 };
const SMALLEST_LIMIT = 1 << 17;
/** Before each compressed part stands the length of what it holds; -1 says that it is not compressed. */
const PREFIX_BYTES = 8;

/**
 * Compares what a batch says about itself with its bytes.
 * @param columns how many parts each column has
 * @returns the codec that it needs
 * @throws DataFileError where they contradict each other
 */
export function checkBatch(body: IpcBody, batch: FlatTable, columns: readonly number[]): IpcCodec | undefined {
  const fault = (reason: string): Error => damagedArrow(body.path, reason, body.offsetBytes);
  const rows = batch.count(BATCH.length);
  const nodes = batch.counts(BATCH.nodes, 16, [0, 8]);
  let node = 0;
  for (const parts of columns) {
    const length = nodes[node]?.[0];
    if (length !== rows) throw fault(`a column has ${length ?? "no"} rows where the batch has ${rows}`);
    node += parts;
  }
  if (node !== nodes.length) throw fault(`a batch has ${nodes.length} parts instead of ${node}`);
  for (const [length = 0, missing = 0] of nodes)
    if (missing > length) throw fault(`${missing} of ${length} values are missing`);
  const buffers = batch.counts(BATCH.buffers, 16, [0, 8]);
  for (const [offset = 0, length = 0] of buffers)
    if (offset + length > body.bytes.length) throw fault("values of a batch lie outside of it");
  let views = 0;
  for (const [count = 0] of batch.counts(BATCH.variadicCounts, 8, [0])) views += count;
  if (views > buffers.length) throw fault(`a batch says that it has ${views} parts of texts`);
  const compression = batch.table(BATCH.compression);
  if (compression === undefined) return undefined;
  const codec = codecOf(fault, compression);
  for (const [offset = 0, length = 0] of buffers) checkPrefix(fault, body.bytes, offset, length, codec);
  return codec;
}

function codecOf(fault: (reason: string) => Error, compression: FlatTable): IpcCodec {
  const codec = compression.int8(COMPRESSION.codec);
  if (compression.int8(COMPRESSION.method) !== 0 || (codec !== 0 && codec !== 1))
    throw fault(`it is compressed in a way (${codec}) that is neither LZ4 nor Zstandard`);
  return codec;
}

function checkPrefix(
  fault: (reason: string) => Error,
  bytes: Uint8Array,
  offset: number,
  length: number,
  codec: IpcCodec,
): void {
  if (length === 0) return;
  if (length < PREFIX_BYTES) throw fault("a compressed part of a batch is cut off");
  const held = prefixedLength(bytes, offset);
  const most = Math.max(LARGEST_RATIO[codec] * (length - PREFIX_BYTES), SMALLEST_LIMIT);
  if (held < -1 || held > most) throw fault(`${length} compressed bytes say that they hold ${held}`);
}

/** What the bytes from the offset on say before a compressed part. */
export function prefixedLength(bytes: Uint8Array, offset: number): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset + offset, PREFIX_BYTES).getBigInt64(0, true));
}
