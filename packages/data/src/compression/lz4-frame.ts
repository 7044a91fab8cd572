import { decodeLz4Block, type Lz4Output } from "./lz4-block.js";
import { xxh32 } from "./xxh32.js";

const MAGIC = 0x184d2204;
/** The bit of a block's size that says that it lies in the frame as it is. */
const STORED = 0x8000_0000;

/** The flags of a frame. */
const FLAGS = { dictionary: 1, contentHash: 4, contentSize: 8, blockHashes: 16, independent: 32 } as const;

interface FrameHeader {
  readonly flags: number;
  readonly maxBlock: number;
  readonly contentSize: number | undefined;
  /** Where the first block begins. */
  readonly end: number;
}

/**
 * What a frame of LZ4 holds, as Arrow and Polars write them. Decision 0082 says why no library does this.
 * @param length of what it holds, in bytes
 * @throws Error where the frame is damaged, or holds something of another length
 */
export function decodeLz4Frame(frame: Uint8Array, length: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const { flags, maxBlock, contentSize, end } = frameHeader(frame, view);
  if (contentSize !== undefined && contentSize !== length) throw otherLength(contentSize, length);
  const output: Lz4Output = { bytes: new Uint8Array(length), at: 0 };
  let at = end;
  for (;;) {
    const size = wordAt(view, at);
    at += 4;
    if (size === 0) break;
    const bytes = size & (STORED - 1);
    if (bytes > maxBlock || at + bytes > frame.length) throw new Error("a block of the LZ4 frame is cut off");
    const block = frame.subarray(at, at + bytes);
    at += bytes;
    if ((flags & FLAGS.blockHashes) !== 0) {
      if (wordAt(view, at) !== xxh32(block)) throw new Error("a block of the LZ4 frame has another checksum");
      at += 4;
    }
    append(block, size >= STORED, output, maxBlock, (flags & FLAGS.independent) !== 0);
  }
  if (output.at !== length) throw otherLength(output.at, length);
  if ((flags & FLAGS.contentHash) !== 0 && wordAt(view, at) !== xxh32(output.bytes))
    throw new Error("the LZ4 frame has another checksum");
  return output.bytes;
}

function append(block: Uint8Array, isStored: boolean, output: Lz4Output, maxBlock: number, isAlone: boolean): void {
  const { bytes, at } = output;
  // A block that stands alone must not refer to those before it.
  const target = { bytes: bytes.subarray(isAlone ? at : 0, at + maxBlock), at: isAlone ? 0 : at };
  if (isStored) {
    if (at + block.length > bytes.length) throw new Error("the LZ4 frame holds more than it says");
    bytes.set(block, at);
    output.at = at + block.length;
    return;
  }
  decodeLz4Block(block, target);
  output.at = isAlone ? at + target.at : target.at;
}

function frameHeader(frame: Uint8Array, view: DataView): FrameHeader {
  if (wordAt(view, 0) !== MAGIC) throw new Error("this is no LZ4 frame");
  const flags = frame[4] ?? 0;
  const sizeCode = ((frame[5] ?? 0) >> 4) & 7;
  const hasSize = (flags & FLAGS.contentSize) !== 0;
  const hashAt = hasSize ? 14 : 6;
  if (flags >> 6 !== 1 || sizeCode < 4) throw new Error("the LZ4 frame is of an unknown version");
  if ((flags & FLAGS.dictionary) !== 0) throw new Error("the LZ4 frame needs a dictionary");
  if (frame.length <= hashAt || frame[hashAt] !== ((xxh32(frame.subarray(4, hashAt)) >> 8) & 255))
    throw new Error("the header of the LZ4 frame has another checksum");
  const contentSize = hasSize ? Number(view.getBigUint64(6, true)) : undefined;
  return { flags, maxBlock: 1 << (8 + 2 * sizeCode), contentSize, end: hashAt + 1 };
}

function wordAt(view: DataView, at: number): number {
  if (at + 4 > view.byteLength) throw new Error("the LZ4 frame is cut off");
  return view.getUint32(at, true);
}

const otherLength = (received: number, expected: number): Error =>
  new Error(`the LZ4 frame holds ${received} bytes instead of ${expected}`);
