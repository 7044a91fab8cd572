import type { CollectiveBuffer, ReduceOp } from "../collective.js";
import { Parts } from "../parts.js";
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

/** All members get the result, in the place of what they bring. */
export function allReduceSteps(channel: Channel, buffer: CollectiveBuffer, op: ReduceOp): CallSteps {
  return allReducePartsSteps(channel, [buffer], [buffer], op);
}

/** @param root the only member that needs the result */
export function reduceSteps(channel: Channel, buffer: CollectiveBuffer, op: ReduceOp, root: number): CallSteps {
  return partByPart(channel, buffer, buffer, buffer.length, (from, partOf) => {
    if (root !== channel.member) return;
    const members = channel.ranks.map((_, member) => partOf(member));
    const first = members[0];
    if (first !== undefined) reduceInto(buffer.subarray(from, from + first.length), members, op);
  });
}

/** @param outputs may be the inputs */
export function allReducePartsSteps(
  channel: Channel,
  inputs: readonly CollectiveBuffer[],
  outputs: readonly CollectiveBuffer[],
  op: ReduceOp,
): CallSteps {
  const kind = inputs[0] ?? NOTHING;
  const [from, to] = [new Parts(inputs), new Parts(outputs)];
  const isDivided = from.length * kind.BYTES_PER_ELEMENT >= DIVIDED_BYTES;
  return isDivided ? dividedSteps(channel, from, to, kind, op) : undividedSteps(channel, from, to, kind, op);
}

/** Each member reduces all. */
function* undividedSteps(
  channel: Channel,
  inputs: Parts,
  outputs: Parts,
  kind: CollectiveBuffer,
  op: ReduceOp,
): CallSteps {
  const { length } = inputs;
  channel.publishWith(length * kind.BYTES_PER_ELEMENT, (byte) =>
    inputs.read(0, viewLike(kind, channel.buffer, byte, length)),
  );
  yield;
  const members = channel.ranks.map((_, member) => viewLike(kind, channel.buffer, channel.chunkByteOf(member), length));
  const reduced = viewLike(kind, new ArrayBuffer(length * kind.BYTES_PER_ELEMENT), 0, length);
  reduceInto(reduced, members, op);
  outputs.write(0, reduced);
}

/** Each member reduces its share of a chunk, and copies what the others have reduced. */
function* dividedSteps(
  channel: Channel,
  inputs: Parts,
  outputs: Parts,
  kind: CollectiveBuffer,
  op: ReduceOp,
): CallSteps {
  const size = channel.ranks.length;
  const { BYTES_PER_ELEMENT: bytes } = kind;
  const atOnce = channel.chunkBytes / bytes;
  for (let from = 0; from < inputs.length; from += atOnce) {
    const length = Math.min(atOnce, inputs.length - from);
    const startOf = (member: number): number => Math.floor((length * member) / size);
    const lengthOf = (member: number): number => startOf(member + 1) - startOf(member);
    const start = startOf(channel.member);
    const own = lengthOf(channel.member);
    // Nobody reads the share that this member reduces.
    const end = start + own;
    channel.publishWith(length * bytes, (byte) => {
      inputs.read(from, viewLike(kind, channel.buffer, byte, start));
      inputs.read(from + end, viewLike(kind, channel.buffer, byte + end * bytes, length - end));
    });
    yield;
    const chunks = channel.ranks.map((_, member) => channel.chunkByteOf(member) + start * bytes);
    channel.publishWith(own * bytes, (byte) =>
      inputs.visit(from + start, own, (piece, at) => {
        const view = (chunk: number): CollectiveBuffer =>
          viewLike(kind, channel.buffer, chunk + at * bytes, piece.length);
        const all = chunks.map((chunk, member) => (member === channel.member ? piece : view(chunk)));
        reduceInto(view(byte), all, op);
      }),
    );
    yield;
    for (const member of channel.ranks.keys())
      outputs.write(
        from + startOf(member),
        viewLike(kind, channel.buffer, channel.chunkByteOf(member), lengthOf(member)),
      );
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
