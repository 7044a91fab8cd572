import { encodeJson, encodeSafetensors, tf } from "@lightning-ts/core";
import { MemoryFiles } from "@lightning-ts/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { CheckpointFormatError } from "./checkpoint-errors.js";
import { SafetensorsCheckpointStore } from "./safetensors-checkpoint-store.js";

let files: MemoryFiles;
let store: SafetensorsCheckpointStore;
beforeEach(() => {
  files = new MemoryFiles();
  store = new SafetensorsCheckpointStore(files);
});

async function put(path: string, bytes: Uint8Array): Promise<void> {
  await files.makeDirectory("/run");
  const file = await files.open(path, "overwrite");
  await file.write(bytes);
  await file.close();
}

const weights = () => ({
  state_dict: {
    "layer.weight": tf.buffer([2, 2], "float32", Float32Array.of(1, 2, 3, 4)),
    "layer.bias": tf.buffer([2], "float32", Float32Array.of(5, 6)),
  },
  epoch: 3,
});

describe("checksums of a checkpoint", () => {
  it("find every single bit that is flipped, in a tensor with its name, and nothing of it is given out", async () => {
    await store.save("/run/a.ckpt", weights(), { weights: "state_dict" });
    const good = await files.readFile("/run/a.ckpt");
    const dataStart = good.byteLength - 6 * 4;
    for (let bit = 0; bit < good.byteLength * 8; bit += bit < dataStart * 8 ? 7 : 1) {
      const bad = good.slice();
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await put("/run/bad.ckpt", bad);
      const outcome: unknown = await store.load("/run/bad.ckpt").catch((error: unknown) => error);
      const isPadding = bit < dataStart * 8 && (good[bit >> 3] === 0x20 || isFormatEntry(good, bit >> 3));
      if (!(outcome instanceof CheckpointFormatError)) {
        // Only what says nothing of the content may differ unnoticed: the entry `format`, and white space.
        expect({ bit, isPadding, outcome }).toEqual({ bit, isPadding: true, outcome: await store.load("/run/a.ckpt") });
        continue;
      }
      if (bit < dataStart * 8) continue;
      const name = (bit >> 3) - dataStart < 8 ? "layer.bias" : "layer.weight";
      expect(outcome.message).toContain(`the tensor "${name}" is damaged`);
    }
  });

  it("are asked of files that must have them, and not of those of 0.1.0", async () => {
    const tensors = new Map([["a", tf.buffer([1], "float32", Float32Array.of(1))]]);
    const fileOf = (version: number) =>
      encodeSafetensors(tensors, new Map([["__lightning__", encodeJson({ a: { $tensor: "a" }, epoch: 1 }, version)]]));
    await put("/run/old.ckpt", fileOf(1));
    await put("/run/stripped.ckpt", fileOf(2));
    await put("/run/newer.ckpt", fileOf(3));
    expect(await store.load("/run/old.ckpt")).toMatchObject({ epoch: 1 });
    await expect(store.load("/run/stripped.ckpt")).rejects.toThrow("its checksums are missing");
    await expect(store.load("/run/newer.ckpt")).rejects.toThrow(/written by a newer lightning-ts.*version 3/);
  });

  it("are no business of files of other tools", async () => {
    await put("/run/w.safetensors", encodeSafetensors(new Map([["a", tf.buffer([1], "float32", Float32Array.of(1))]])));
    expect([...(await store.loadTensors("/run/w.safetensors")).keys()]).toEqual(["a"]);
  });
});

/** Whether a byte is in `"format":"pt"`, which is for other tools. */
function isFormatEntry(file: Uint8Array, at: number): boolean {
  const start = new TextDecoder().decode(file).indexOf('"format"');
  return at >= start && at < start + '"format":"pt",'.length;
}
