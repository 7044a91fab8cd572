/**
 * What saving and loading a checkpoint costs, beside the disk: `main.ts [MiB, 256] [turns, 5]`.
 * Prints the medians (least and most) of MB/s: writing and flushing the bare bytes, checksums of as many, a whole save,
 * and a whole load. And how long a header of many tensors takes, beside `JSON.parse` of it.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSafetensors, parseSafetensorsHeader, tf } from "@lightning-ts/core";
import { SafetensorsCheckpointStore } from "@lightning-ts/fabric";
import { nodeFiles } from "@lightning-ts/fabric/node";
import xxhash from "xxhash-wasm";
import { spreadOf } from "../report/spread.js";

const [mebibytes = 256, turns = 5] = process.argv.slice(2).map(Number);
const TENSORS = 64;
const HEADER_TENSORS = 50_000;
const folder = mkdtempSync(join(tmpdir(), "lightning-ts-checkpoints-"));
const files = nodeFiles();
const store = new SafetensorsCheckpointStore(files);
const [bare, saved] = [join(folder, "bare"), join(folder, "saved.ckpt")];
const valuesEach = Math.floor((mebibytes * 2 ** 20) / 4 / TENSORS);
const weights = Object.fromEntries(
  Array.from({ length: TENSORS }, (_, i) => {
    const values = Float32Array.from({ length: valuesEach }, (__, at) => Math.sin(at + i));
    return [`layer.${i}.weight`, tf.buffer([valuesEach], "float32", values)] as const;
  }),
);
const { create64 } = await xxhash();
const megabytes = (TENSORS * valuesEach * 4) / 1e6;

function bytesOf({ values }: { readonly values: Float32Array | Int32Array | Uint8Array }): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

async function writeBare(): Promise<void> {
  const file = await files.open(bare, "overwrite");
  for (const tensor of Object.values(weights)) await file.write(bytesOf(tensor));
  await file.flush();
  await file.close();
}

async function sum(): Promise<void> {
  for (const tensor of Object.values(weights)) {
    const [hash, bytes] = [create64(), bytesOf(tensor)];
    for (let at = 0; at < bytes.byteLength; at += 2 ** 20) hash.update(bytes.subarray(at, at + 2 ** 20));
    hash.digest();
  }
}

const parts: Readonly<Record<string, () => Promise<unknown>>> = {
  "write and flush bare bytes": writeBare,
  checksums: sum,
  save: () => store.save(saved, { weights }, { weights: "weights" }),
  load: () => store.load(saved),
};
const seconds = new Map<string, number[]>();
for (let turn = 0; turn < turns; turn += 1)
  for (const [name, run] of Object.entries(parts)) {
    const start = performance.now();
    await run();
    seconds.set(name, [...(seconds.get(name) ?? []), (performance.now() - start) / 1000]);
  }
console.log(
  `${megabytes.toFixed(0)} MB in ${TENSORS} tensors; the file has ${(statSync(saved).size / 1e6).toFixed(0)} MB`,
);
for (const [name, times] of seconds) {
  const { median, min, max } = spreadOf(times.map((time) => megabytes / time));
  console.log(`${name}: ${median.toFixed(0)} MB/s (${min.toFixed(0)} – ${max.toFixed(0)})`);
}
rmSync(folder, { recursive: true });

const empty = tf.buffer([0], "float32");
const file = encodeSafetensors(new Map(Array.from({ length: HEADER_TENSORS }, (_, i) => [`layer.${i}.weight`, empty])));
const text = new TextDecoder().decode(file.subarray(8));
for (let turn = 0; turn < 3; turn += 1) {
  const start = performance.now();
  JSON.parse(text);
  const middle = performance.now();
  parseSafetensorsHeader(file, file.length);
  const end = performance.now();
  console.log(
    `header of ${HEADER_TENSORS} tensors: JSON.parse ${(middle - start).toFixed(0)} ms, checked ${(end - middle).toFixed(0)} ms`,
  );
}
