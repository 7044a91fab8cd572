import { encodeSafetensors, nn, tf, type HostTensor } from "@lightning-ts/core";
import { SafetensorsCheckpointStore } from "@lightning-ts/fabric";
import { fileError, MemoryFiles } from "@lightning-ts/testing";
import {
  readTorchFile,
  toPlain,
  TorchFileError,
  torchTensor,
  TorchTensor,
  writeTorchFile,
} from "@lightning-ts/torch-files";
import { describe, expect, it } from "vitest";
import { convertCheckpoint } from "./convert-checkpoint.js";
import { readCheckpoint, readPythonFile } from "../read-checkpoint.js";
import { readSafetensors } from "./read-safetensors.js";
import { readModelFolder, readWeights } from "./read-weights.js";

const weight = torchTensor("float32", [1, 2], new Float32Array([1, 2]));
const bias = torchTensor("bfloat16", [1], new Uint16Array([0x3f00]));
const buffer = (values: readonly number[], shape: number[]) => tf.buffer(shape, "float32", new Float32Array(values));

async function filesWith(contents: Readonly<Record<string, Uint8Array | object>>) {
  const files = new MemoryFiles();
  for (const [name, content] of Object.entries(contents)) {
    const path = files.resolve(name);
    await files.makeDirectory(files.dirname(path));
    const file = await files.open(path, "create");
    await file.write(content instanceof Uint8Array ? content : new TextEncoder().encode(JSON.stringify(content)));
    await file.close();
  }
  return files;
}

const plain = (weights: ReadonlyMap<string, HostTensor>) =>
  Object.fromEntries([...weights].map(([name, { values, shape }]) => [name, [[...(values as Float32Array)], shape]]));

const EXPECTED = {
  weight: [
    [1, 2],
    [1, 2],
  ],
  bias: [[0.5], [1]],
};

describe("weights of a file", () => {
  it.each(["x.pt", "x.pth", "pytorch_model.bin", "x.ckpt", "without an ending"])(
    "called %s are read by what it is",
    async (name) => {
      const files = await filesWith({ [`/${name}`]: writeTorchFile({ weight, bias }) });
      const weights = await readWeights(`/${name}`, { files });
      expect(plain(weights)).toEqual(EXPECTED);
      const linear = new nn.Linear(2, 1);
      linear.loadStateDict(weights);
      expect([...linear.weight.dataSync()]).toEqual([1, 2]);
    },
  );

  it("may stand under a key", async () => {
    const files = await filesWith({ "/x.pt": writeTorchFile({ model: { weight, bias }, step: 3 }) });
    expect(plain(await readWeights("/x.pt", { files, key: "model" }))).toEqual(EXPECTED);
    await expect(readWeights("/x.pt", { files, key: "net" })).rejects.toMatchObject({
      code: "LIT_CKPT_KEY",
      message: '/x.pt has no weights under "net". Expected one of model, step.',
    });
    await expect(readWeights("/x.pt", { files })).rejects.toMatchObject({
      message: '/x.pt has no weights. Expected an entry "state_dict". Received model, step.',
    });
  });

  it("of this library, and of safetensors, are read too", async () => {
    const files = await filesWith({
      "/x.safetensors": encodeSafetensors(new Map([["weight", buffer([1, 2], [1, 2])]])),
    });
    expect(plain(await readWeights("/x.safetensors", { files }))).toEqual({ weight: EXPECTED.weight });
    const tree = { state_dict: { weight: buffer([1, 2], [1, 2]) }, optimizer_states: [{ m: buffer([7], [1]) }] };
    await new SafetensorsCheckpointStore(files).save("/ours.ckpt", tree, { weights: "state_dict" });
    expect(plain(await readWeights("/ours.ckpt", { files }))).toEqual({ weight: EXPECTED.weight });
  });

  it("are refused by name where they are none", async () => {
    const complex = torchTensor("complex64", [1], new Float32Array([1, 2]));
    const large = torchTensor("int64", [1], new BigInt64Array([2n ** 40n]));
    const files = await filesWith({
      "/none.pt": writeTorchFile([1, 2]),
      "/mixed.pt": writeTorchFile({ state_dict: { weight, more: 3 } }),
      "/complex.pt": writeTorchFile({ "net.phase": complex }),
      "/large.pt": writeTorchFile({ "net.count": large }),
      "/cut.pt": writeTorchFile({ weight }).subarray(0, 200),
      "/text.pt": new TextEncoder().encode("hello, this is no file of weights"),
    });
    await expect(readWeights("/none.pt", { files })).rejects.toThrow(/no checkpoint: it holds no dict/);
    await expect(readWeights("/mixed.pt", { files })).rejects.toThrow(/no tensor: more/);
    await expect(readWeights("/complex.pt", { files })).rejects.toThrow(/net\.phase holds complex numbers/);
    await expect(readWeights("/large.pt", { files })).rejects.toThrow(/net\.count.*int32/);
    for (const name of ["/cut.pt", "/text.pt"])
      await expect(readWeights(name, { files })).rejects.toMatchObject({ code: "LIT_CKPT_FORMAT", path: name });
    await expect(readWeights("/missing.pt", { files })).rejects.toMatchObject({ code: "LIT_CKPT_NOT_FOUND" });
    await expect(readPythonFile("/cut.pt", files)).rejects.toMatchObject({ cause: expect.any(TorchFileError) });
    const load = () => Promise.reject(new Error("it is no file of this library"));
    await expect(readCheckpoint("/complex.pt", files, load)).rejects.toMatchObject({ code: "LIT_CKPT_KEY" });
    await expect(readCheckpoint("/text.pt", files, load)).rejects.toThrow("no file of this library");
  });

  it("are the platform's own files where no others are given", async () => {
    const missing = { code: "LIT_CKPT_NOT_FOUND" };
    await expect(readWeights("/no/such/weights.pt")).rejects.toMatchObject(missing);
    await expect(readModelFolder("/no/such/folder")).rejects.toMatchObject(missing);
    await expect(convertCheckpoint("/no/such/weights.pt", "/no/such/output.pt")).rejects.toBeInstanceOf(Error);
  });

  it("that a disk does not give are its error", async () => {
    const files = await filesWith({ "/x.safetensors": encodeSafetensors(new Map([["a", buffer([1], [1])]])) });
    const broken = fileError("EIO", "broken disk");
    files.failWhen((operation, path) => (operation === "readRange" && path === "/x.safetensors" ? broken : undefined));
    await expect(readSafetensors("/x.safetensors", files)).rejects.toBe(broken);
  });
});

describe("a Hugging Face folder", () => {
  const shard = (name: string, values: number[]) =>
    encodeSafetensors(new Map([[name, buffer(values, [values.length])]]));
  const sharded = (map: object) => ({
    "/m/model-1.safetensors": shard("a", [1]),
    "/m/model-2.safetensors": shard("b", [2, 3]),
    "/m/model.safetensors.index.json": { metadata: { total_size: 12 }, weight_map: map },
  });

  it("gives weights and config", async () => {
    const files = await filesWith({ "/m/model.safetensors": shard("a", [1]), "/m/config.json": { hidden_size: 8 } });
    const { weights, config } = await readModelFolder("/m", { files });
    expect(plain(weights)).toEqual({ a: [[1], [1]] });
    expect(config).toEqual({ hidden_size: 8 });
    const listed = await filesWith({ "/m/model.safetensors": shard("a", [1]), "/m/config.json": [8] });
    expect((await readModelFolder("/m", { files: listed })).config).toBeUndefined();
    const old = await filesWith({ "/m/pytorch_model.bin": writeTorchFile({ weight, bias }) });
    expect(await readModelFolder("/m", { files: old })).toMatchObject({ config: undefined });
    expect(plain(await readWeights("/m", { files: old }))).toEqual(EXPECTED);
  });

  it("may have the files of torch.save in several parts too, and the first name that is there is read", async () => {
    const files = await filesWith({
      "/m/part-1.bin": writeTorchFile({ weight }),
      "/m/pytorch_model.bin.index.json": { weight_map: { weight: "part-1.bin" } },
    });
    expect(plain(await readWeights("/m", { files }))).toEqual({ weight: EXPECTED.weight });
    const both = await filesWith({
      "/m/model.safetensors": shard("a", [1]),
      "/m/pytorch_model.bin": writeTorchFile({ weight }),
    });
    expect(plain(await readWeights("/m", { files: both }))).toEqual({ a: [[1], [1]] });
  });

  it("may have its weights in several files", async () => {
    const files = await filesWith(sharded({ a: "model-1.safetensors", b: "model-2.safetensors" }));
    expect(plain(await readWeights("/m", { files }))).toEqual({ a: [[1], [1]], b: [[2, 3], [2]] });
  });

  it("is refused where its index lies", async () => {
    const refusal = async (map: object) => readWeights("/m", { files: await filesWith(sharded(map)) });
    await expect(refusal({ a: "model-2.safetensors" })).rejects.toThrow(
      /a is in model-2\.safetensors, where it is not/,
    );
    await expect(refusal({ a: "model-3.safetensors" })).rejects.toMatchObject({ code: "LIT_CKPT_NOT_FOUND" });
    for (const place of ["../model-1.safetensors", "/m/model-1.safetensors", "..", 3, "", "model-1.safetensors/.."])
      await expect(refusal({ a: place })).rejects.toThrow(/no file beside it/);
    for (const map of [[], "model-1.safetensors"])
      await expect(refusal(Object(map))).rejects.toThrow(/has no weight_map/);
    const noIndex = await filesWith({ "/m/model.safetensors.index.json": new TextEncoder().encode("null") });
    await expect(readWeights("/m", { files: noIndex })).rejects.toThrow(/has no weight_map/);
    const notText = await filesWith({ "/m/model.safetensors.index.json": Uint8Array.of(0x22, 0xff, 0x22) });
    await expect(readWeights("/m", { files: notText })).rejects.toThrow(/it is no JSON/);
    const broken = await filesWith({ "/m/model.safetensors.index.json": new TextEncoder().encode("{") });
    await expect(readWeights("/m", { files: broken })).rejects.toThrow(/it is no JSON/);
    await expect(readWeights("/e", { files: await filesWith({ "/e/x": {} }) })).rejects.toMatchObject({
      code: "LIT_CKPT_NOT_FOUND",
      path: "/e/model.safetensors",
    });
  });
});

describe("converting a checkpoint", () => {
  const tree = {
    state_dict: { weight: buffer([1, 2], [1, 2]) },
    hyper_parameters: { hiddenDim: 8 },
    epoch: 2,
    global_step: 9,
  };
  const ours = async () => {
    const files = new MemoryFiles();
    await new SafetensorsCheckpointStore(files).save("/ours.ckpt", tree, { weights: "state_dict" });
    return files;
  };
  const python = async (files: MemoryFiles, path: string) =>
    toPlain(readTorchFile(await files.readFile(path)).value) as Record<string, Record<string, unknown>>;

  it("goes to the other side, and back", async () => {
    const files = await ours();
    expect(await convertCheckpoint("/ours.ckpt", "/out/python.ckpt", { files })).toEqual({
      to: "lightning",
      leftOut: [],
    });
    const written = await python(files, "/out/python.ckpt");
    expect(written).toMatchObject({ epoch: 2, global_step: 9, hyper_parameters: { hidden_dim: 8 } });
    expect(written["state_dict"]!["weight"]).toBeInstanceOf(TorchTensor);
    expect(await convertCheckpoint("/out/python.ckpt", "/back.ckpt", { files })).toMatchObject({ to: "lightning-ts" });
    const back = await new SafetensorsCheckpointStore(files).load("/back.ckpt");
    expect(back).toMatchObject({ epoch: 2, global_step: 9, hyper_parameters: { hiddenDim: 8 } });
  });

  it("can be told what to write, whatever the output is called", async () => {
    const files = await ours();
    for (const [to, path] of [
      ["safetensors", "/a.ckpt"],
      ["torch", "/b.ckpt"],
      ["lightning", "/c.pt"],
      ["lightning-ts", "/d.safetensors"],
    ] as const)
      expect(await convertCheckpoint("/ours.ckpt", path, { files, to })).toEqual({ to, leftOut: [] });
    expect(Object.keys(await python(files, "/b.ckpt"))).toEqual(["weight"]);
    expect(await python(files, "/c.pt")).toMatchObject({ global_step: 9 });
    expect(plain(await readWeights("/a.ckpt", { files }))).toEqual({ weight: EXPECTED.weight });
    const store = new SafetensorsCheckpointStore(files);
    expect(await store.load("/d.safetensors")).toMatchObject({ epoch: 2 });
    expect([...(await store.loadTensors("/d.safetensors")).keys()]).toEqual(["weight"]);
    await expect(store.load("/a.ckpt")).rejects.toThrow(/not one that lightning-ts wrote/);
    expect((await convertCheckpoint("/ours.ckpt", "/model.pt.ckpt", { files })).to).toBe("lightning");
    for (const name of ["/w.pth", "/w.bin"])
      expect((await convertCheckpoint("/ours.ckpt", name, { files })).to).toBe("torch");
  });

  it("takes weights out by the output's ending", async () => {
    const files = await ours();
    expect((await convertCheckpoint("/ours.ckpt", "/w.safetensors", { files })).to).toBe("safetensors");
    expect((await convertCheckpoint("/ours.ckpt", "/w.pt", { files })).to).toBe("torch");
    expect(Object.keys(await python(files, "/w.pt"))).toEqual(["weight"]);
    for (const path of ["/w.pt", "/w.safetensors"])
      expect(plain(await readWeights(path, { files }))).toEqual({ weight: EXPECTED.weight });
  });

  it("refuses itself, unknown formats, and files that are none, and leaves nothing behind", async () => {
    const files = await ours();
    await expect(convertCheckpoint("/ours.ckpt", "/ours.ckpt", { files })).rejects.toMatchObject({
      message: "Input and output of a conversion are the same file. Expected two paths. Received /ours.ckpt.",
    });
    await expect(convertCheckpoint("/ours.ckpt", "/x", { files, to: "keras" as never })).rejects.toMatchObject({
      message:
        'A checkpoint cannot be converted to this. Expected lightning, lightning-ts, torch, safetensors. Received "keras".',
    });
    await expect(convertCheckpoint("/none.ckpt", "/x.ckpt", { files })).rejects.toMatchObject({
      code: "LIT_CKPT_NOT_FOUND",
    });
    expect(files.paths()).toEqual(["/ours.ckpt"]);
  });
});
