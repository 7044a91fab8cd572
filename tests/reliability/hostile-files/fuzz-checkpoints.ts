import { MemoryFiles } from "@lightning-ts/testing";
import { tf } from "lightning-ts/core";
import { SafetensorsCheckpointStore } from "lightning-ts/fabric";
import { fuzz, type FuzzOptions, type FuzzReport } from "./fuzz.js";
import { mutate } from "./mutate.js";

const PATH = "/run/fuzzed.ckpt";
const LENGTH_BYTES = 8;

/** Pieces of headers, and numbers that lengths, offsets and shapes do not expect. */
const TEXTS = [
  ...['"', "{", "}", "[", "]", ":", ",", "\\", "null", "1e999", "-1", "0.5", "9007199254740993", '"F32"', '"I64"'],
  ...['"BOOL"', '"shape"', '"__metadata__"', '"__proto__":', '"data_offsets"', "[[[[[[[[", '{"a":{"a":', "\u0000", "é"],
];

/** Changes checkpoints, their headers and descriptions, and reads them: an answer or a named error, within a second. */
export async function fuzzCheckpoints(options: FuzzOptions): Promise<FuzzReport> {
  const base = await checkpoint();
  return fuzz(options, {
    make: (below) => (below(3) === 0 ? mutate(base, below) : withOtherHeader(base, below)),
    read: load,
    isPromised,
  });
}

async function checkpoint(): Promise<Uint8Array> {
  const files = new MemoryFiles();
  const tensor = tf.buffer([2, 3], "float32", Float32Array.of(1, 2, 3, 4, 5, 6));
  const state = { lr: 0.1, names: ["a", null], nested: { on: true, bytes: Uint8Array.of(1, 2) }, best: Number.NaN };
  await new SafetensorsCheckpointStore(files).save(
    PATH,
    { weights: { w: tensor }, state, step: 3 },
    { weights: "weights" },
  );
  return files.readFile(PATH);
}

async function load(bytes: Uint8Array): Promise<void> {
  const files = new MemoryFiles();
  await files.makeDirectory("/run");
  await (await files.open(PATH, "create")).write(bytes);
  await new SafetensorsCheckpointStore(files).load(PATH);
}

/** A header with pieces put in, taken out and repeated, whose length says so. */
function withOtherHeader(file: Uint8Array, below: (count: number) => number): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset);
  const end = LENGTH_BYTES + Number(view.getBigUint64(0, true));
  let text = new TextDecoder().decode(file.subarray(LENGTH_BYTES, end));
  for (let change = 0; change <= below(4); change += 1) {
    const at = below(text.length);
    const length = below(24);
    const piece = TEXTS[below(TEXTS.length)] ?? "";
    const [before, after] = [text.slice(0, at), text.slice(at)];
    const kind = below(4);
    if (kind === 0) text = before + piece + after;
    else if (kind === 1) text = before + after.slice(length);
    else if (kind === 2) text = before + after.slice(0, length).repeat(1 + below(3)) + after.slice(length);
    else text = before + piece + after.slice(piece.length);
  }
  const header = new TextEncoder().encode(text);
  const changed = new Uint8Array(LENGTH_BYTES + header.length + (file.length - end));
  new DataView(changed.buffer).setBigUint64(0, BigInt(header.length), true);
  changed.set(header, LENGTH_BYTES);
  changed.set(file.subarray(end), LENGTH_BYTES + header.length);
  return changed;
}

function isPromised(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code) === "LIT_CKPT_FORMAT";
}
