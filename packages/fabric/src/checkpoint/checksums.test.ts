import "@tensorflow/tfjs-backend-cpu";
import { encodeJson, encodeSafetensors, type HostTensor, tf } from "@lightning-ts/core";
import { MemoryFiles } from "@lightning-ts/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { CheckpointFormatError } from "./checkpoint-errors.js";
import { describeChecksums, verifyChecksums } from "./checksums.js";
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
      const isPadding = bit < dataStart * 8 && good[bit >> 3] === 0x20;
      if (!(outcome instanceof CheckpointFormatError)) {
        // Only white space between the parts of the header may differ unnoticed.
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

describe("checksums as text", () => {
  const tensors = () =>
    new Map<string, HostTensor>([
      ["a", tf.buffer([2], "float32", Float32Array.of(1, 2))],
      ["b", tf.buffer([1, 2], "int32", Int32Array.of(3, 4))],
    ]);
  const verify = (text: string, given: ReadonlyMap<string, HostTensor> = tensors(), description = "tree") =>
    verifyChecksums("/run/a.ckpt", text, given, description);

  it("are those of the description and of each tensor, its type and shape included", async () => {
    const text = await describeChecksums(tensors(), "tree");
    const parsed = JSON.parse(text) as { algorithm: string; description: string; tensors: [string, string][] };
    expect(parsed.algorithm).toBe("xxh64");
    expect(parsed.tensors.map(([name]) => name)).toEqual(["a", "b"]);
    for (const sum of [parsed.description, ...parsed.tensors.map(([, one]) => one)])
      expect(sum).toMatch(/^[0-9a-f]{16}$/);
    await expect(verify(text)).resolves.toBeUndefined();
    expect(await describeChecksums(new Map(), "")).toContain('"description":"ef46db3751d8e999"');
  });

  it("have sixteen digits each, and are those that files of earlier versions have", async () => {
    for (let i = 0; i < 64; i += 1)
      expect(await describeChecksums(new Map(), `text ${i}`)).toMatch(/"description":"[0-9a-f]{16}"/);
    expect(JSON.parse(await describeChecksums(tensors(), "tree"))).toEqual({
      algorithm: "xxh64",
      description: "8c093fc9c0532e3c",
      tensors: [
        ["a", "43d85a86c63f20b1"],
        ["b", "74d29a6e8ef62f70"],
      ],
    });
  });

  it("are the same for a tensor of tfjs and for its values on the host", async () => {
    const onHost = new Map([["a", tf.buffer([2], "float32", Float32Array.of(1, 2))]]);
    const onBackend = new Map([["a", tf.tensor1d([1, 2])]]);
    expect(await describeChecksums(onBackend, "tree")).toBe(await describeChecksums(onHost, "tree"));
  });

  it("are taken of large tensors piece by piece, of all of them", async () => {
    const large = Float32Array.from({ length: 300_000 }, (_, i) => i);
    const text = await describeChecksums(new Map([["a", tf.buffer([300_000], "float32", large)]]), "");
    const changed = large.slice();
    changed[299_999] = -1;
    const damaged = new Map([["a", tf.buffer([300_000], "float32", changed)]]);
    await expect(verify(text, damaged, "")).rejects.toThrow('the tensor "a" is damaged: its checksum does not fit.');
    const same = new Map([["a", tf.buffer([300_000], "float32", large)]]);
    await expect(verify(text, same, "")).resolves.toBeUndefined();
  });

  it("name what is not as it was written", async () => {
    const text = await describeChecksums(tensors(), "tree");
    await expect(verify(text, tensors(), "tree2")).rejects.toThrow(
      "its description is damaged: the checksum does not fit.",
    );
    const [[name, first] = ["", undefined]] = tensors();
    if (first === undefined) throw new RangeError("a tensor");
    await expect(verify(text, new Map([[name, first]]))).rejects.toThrow('the tensor "b" is missing.');
    for (const other of [
      tf.buffer([1, 2], "float32", Float32Array.of(1, 2)),
      tf.buffer([2], "int32", new Int32Array(Float32Array.of(1, 2).buffer)),
    ])
      await expect(verify(text, tensors().set("a", other as never))).rejects.toThrow('the tensor "a" is damaged');
    const values = Float32Array.from({ length: 11 }, (_, i) => i);
    const wide = await describeChecksums(new Map([["a", tf.buffer([1, 11], "float32", values)]]), "tree");
    await expect(verify(wide, new Map([["a", tf.buffer([11, 1], "float32", values)]]))).rejects.toThrow(
      'the tensor "a" is damaged',
    );
    await expect(verify(text, tensors().set("c", first))).rejects.toThrow('the tensor "c" is damaged');
  });

  it.each([
    "",
    "[]",
    "null",
    JSON.stringify({ algorithm: "md5", description: "a", tensors: [] }),
    JSON.stringify({ algorithm: "xxh64", description: 1, tensors: [] }),
    JSON.stringify({ algorithm: "xxh64", description: "a", tensors: {} }),
    JSON.stringify({
      algorithm: "xxh64",
      description: "a",
      tensors: [
        ["a", "b"],
        ["a", 1],
      ],
    }),
    JSON.stringify({ algorithm: "xxh64", description: "a", tensors: [[1, "b"]] }),
    JSON.stringify({ algorithm: "xxh64", description: "a", tensors: ["ab"] }),
  ])("are refused where they are none: %s", async (text) => {
    await expect(verify(text)).rejects.toThrow(
      expect.objectContaining({
        code: "LIT_CKPT_FORMAT",
        path: "/run/a.ckpt",
        message: expect.stringContaining("its checksums cannot be read."),
      }),
    );
  });
});
