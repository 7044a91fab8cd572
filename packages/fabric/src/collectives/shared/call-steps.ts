import type { CollectiveBuffer, ReduceOp } from "../collective.js";
import type { Channel } from "./channel.js";
import type { CallSteps } from "./pending-call.js";
import { reduceInto } from "./reduce-into.js";

const NOTHING = new Uint8Array();
/** From here on it takes less time to wait twice for each chunk than to add all of it on each rank. */
const DIVIDED_BYTES = 256 * 1024;

/** What becomes of a part of the data once all members have published theirs. */
type Take = (from: number, partOf: (member: number) => CollectiveBuffer) => void;

/**
 * Goes through `length` elements part by part.
 * @param mine what this member publishes; undefined where the others need nothing from it
 * @param kind an array of the numbers' type
 */
function* partByPart(
  channel: Channel,
  mine: CollectiveBuffer | undefined,
  kind: CollectiveBuffer,
  length: number,
  take: Take,
): CallSteps {
  const atOnce = channel.chunkBytes / kind.BYTES_PER_ELEMENT;
  for (let from = 0; from === 0 || from < length; from += atOnce) {
    const count = Math.min(atOnce, length - from);
    channel.publish(mine === undefined ? NOTHING : bytesOf(mine.subarray(from, from + count)));
    yield;
    take(from, (member) => viewLike(kind, channel.buffer, channel.chunkByteOf(member), count));
  }
}

export function* meet(channel: Channel): CallSteps {
  channel.publish(NOTHING);
  yield;
}

export function broadcastSteps(channel: Channel, buffer: CollectiveBuffer, root: number): CallSteps {
  const isRoot = channel.member === root;
  return partByPart(channel, isRoot ? buffer : undefined, buffer, buffer.length, (from, partOf) => {
    if (!isRoot) buffer.set(partOf(root), from);
  });
}

/** @param root the only member that needs the result; undefined where all do */
export function allReduceSteps(
  channel: Channel,
  buffer: CollectiveBuffer,
  op: ReduceOp,
  root: number | undefined,
): CallSteps {
  if (root === undefined && buffer.byteLength >= DIVIDED_BYTES) return dividedAllReduceSteps(channel, buffer, op);
  return partByPart(channel, buffer, buffer, buffer.length, (from, partOf) => {
    if (root !== undefined && root !== channel.member) return;
    const members = channel.ranks.map((_, member) => partOf(member));
    const first = members[0];
    if (first !== undefined) reduceInto(buffer.subarray(from, from + first.length), members, op);
  });
}

/** Each member reduces its share of a chunk, and copies what the others have reduced. */
function* dividedAllReduceSteps(channel: Channel, buffer: CollectiveBuffer, op: ReduceOp): CallSteps {
  const size = channel.ranks.length;
  const atOnce = channel.chunkBytes / buffer.BYTES_PER_ELEMENT;
  for (let from = 0; from < buffer.length; from += atOnce) {
    const chunk = buffer.subarray(from, from + atOnce);
    const startOf = (member: number): number => Math.floor((chunk.length * member) / size);
    const lengthOf = (member: number): number => startOf(member + 1) - startOf(member);
    const start = startOf(channel.member);
    const own = chunk.subarray(start, start + lengthOf(channel.member));
    channel.publish(bytesOf(chunk));
    yield;
    const at = (member: number): number => channel.chunkByteOf(member) + start * buffer.BYTES_PER_ELEMENT;
    const all = channel.ranks.map((_, member) => viewLike(buffer, channel.buffer, at(member), own.length));
    reduceInto(own, all, op);
    channel.publish(bytesOf(own));
    yield;
    for (const member of channel.ranks.keys()) {
      if (member === channel.member) continue;
      chunk.set(viewLike(buffer, channel.buffer, channel.chunkByteOf(member), lengthOf(member)), startOf(member));
    }
  }
}

/** @param root the only member that gets the parts; undefined where all do */
export function gatherSteps(
  channel: Channel,
  input: CollectiveBuffer,
  output: CollectiveBuffer,
  root: number | undefined,
): CallSteps {
  return partByPart(channel, input, input, input.length, (from, partOf) => {
    if (root !== undefined && root !== channel.member) return;
    for (const member of channel.ranks.keys()) output.set(partOf(member), member * input.length + from);
  });
}

/** Part `member` of the root's input goes to each member. */
export function scatterSteps(
  channel: Channel,
  input: CollectiveBuffer,
  output: CollectiveBuffer,
  root: number,
): CallSteps {
  const length = output.length * channel.ranks.length;
  const mine = channel.member === root ? input : undefined;
  return partByPart(channel, mine, output, length, (from, partOf) =>
    overlap(partOf(root), from, channel.member, output.length, (part, at) => output.set(part, at)),
  );
}

/** Part `i` of each member's input goes to member `i`. */
export function allToAllSteps(channel: Channel, input: CollectiveBuffer, output: CollectiveBuffer): CallSteps {
  const length = input.length / channel.ranks.length;
  return partByPart(channel, input, input, input.length, (from, partOf) => {
    for (const member of channel.ranks.keys())
      overlap(partOf(member), from, channel.member, length, (part, at) => output.set(part, member * length + at));
  });
}

export function reduceScatterSteps(
  channel: Channel,
  input: CollectiveBuffer,
  output: CollectiveBuffer,
  op: ReduceOp,
): CallSteps {
  return partByPart(channel, input, input, input.length, (from, partOf) => {
    const parts: CollectiveBuffer[] = [];
    let start = 0;
    for (const member of channel.ranks.keys())
      overlap(partOf(member), from, channel.member, output.length, (part, at) => {
        parts.push(part);
        start = at;
      });
    const [first] = parts;
    if (first !== undefined) reduceInto(output.subarray(start, start + first.length), parts, op);
  });
}

/** Byte strings of any lengths. @param take gets those of all members */
export function* exchangeSteps(
  channel: Channel,
  bytes: Uint8Array,
  take: (all: readonly Uint8Array[]) => void,
): CallSteps {
  let all: Uint8Array[] | undefined;
  let longest = 0;
  for (let from = 0; from === 0 || from < longest; from += channel.chunkBytes) {
    channel.publish(bytes.subarray(from, from + channel.chunkBytes), bytes.length);
    yield;
    all ??= channel.ranks.map((_, member) => new Uint8Array(channel.ownBytesOf(member)));
    longest = Math.max(...all.map(({ length }) => length));
    for (const [member, whole] of all.entries()) {
      const count = Math.max(0, Math.min(channel.chunkBytes, whole.length - from));
      if (count > 0) whole.set(new Uint8Array(channel.buffer, channel.chunkByteOf(member), count), from);
    }
  }
  take(all ?? []);
}

/** What of a part, which begins at `from`, belongs to a piece of `length` elements, and where in the piece it is. */
function overlap(
  part: CollectiveBuffer,
  from: number,
  piece: number,
  length: number,
  take: (part: CollectiveBuffer, at: number) => void,
): void {
  const begin = Math.max(from, piece * length);
  const end = Math.min(from + part.length, (piece + 1) * length);
  if (begin < end) take(part.subarray(begin - from, end - from), begin - piece * length);
}

function bytesOf(part: CollectiveBuffer): Uint8Array {
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}

function viewLike(kind: CollectiveBuffer, buffer: ArrayBuffer, byteOffset: number, length: number): CollectiveBuffer {
  if (kind instanceof Float32Array) return new Float32Array(buffer, byteOffset, length);
  if (kind instanceof Int32Array) return new Int32Array(buffer, byteOffset, length);
  return new Uint8Array(buffer, byteOffset, length);
}
