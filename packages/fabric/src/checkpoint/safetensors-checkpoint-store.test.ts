import { encodeJson, encodeSafetensors, tf } from "@lightning-ts/core";
import { testCheckpointStore, fileError, MemoryFiles, type FileOperation } from "@lightning-ts/testing";
import "@tensorflow/tfjs-backend-cpu";
import { beforeEach, describe, expect, it } from "vitest";
import { SafetensorsCheckpointStore } from "./safetensors-checkpoint-store.js";

let count = 0;
testCheckpointStore({
  name: "safetensors",
  create: () => new SafetensorsCheckpointStore(new MemoryFiles()),
  newPath: () => `/run/${(count += 1)}.ckpt`,
});

const PATH = "/run/last.ckpt";
let files: MemoryFiles;
let store: SafetensorsCheckpointStore;
beforeEach(() => {
  files = new MemoryFiles();
  store = new SafetensorsCheckpointStore(files);
});

async function savedStep(): Promise<unknown> {
  return (await store.load(PATH))["step"];
}

describe("SafetensorsCheckpointStore", () => {
  it.each(["open", "write", "flush", "close", "rename"] satisfies FileOperation[])(
    "keeps the old checkpoint and leaves nothing behind when %s fails",
    async (failing) => {
      await store.save(PATH, { step: 1 });
      files.failWhen((operation) =>
        operation === failing ? fileError("ENOSPC", "no space left on device") : undefined,
      );
      await expect(store.save(PATH, { step: 2 })).rejects.toMatchObject({
        code: "LIT_CKPT_WRITE",
        message: expect.stringContaining("no space left on device"),
      });
      files.failWhen(() => undefined);
      expect(await savedStep()).toBe(1);
      expect(files.paths()).toEqual([PATH]);
    },
  );

  it("has the old or the new checkpoint, whole, after a crash at any moment", async () => {
    const total = await operationsOfSave();
    for (let last = 0; last <= total; last += 1) {
      files = new MemoryFiles();
      store = new SafetensorsCheckpointStore(files);
      await store.save(PATH, { step: 1 });
      const limit = files.operations.length + last;
      files.failWhen(() => (files.operations.length > limit ? fileError("EPOWER", "power cut") : undefined));
      await store.save(PATH, { step: 2, weights: tf.tensor([1, 2]) }).catch(() => undefined);
      files.crash();
      expect([1, 2]).toContain(await savedStep());
    }
  });

  it("has the new checkpoint after a crash once save resolved", async () => {
    await store.save(PATH, { step: 1 });
    await store.save(PATH, { step: 2 });
    files.crash();
    expect(await savedStep()).toBe(2);
  });

  it("says of a file that was cut off at any byte that it is not usable", async () => {
    await store.save(PATH, { step: 1, weights: tf.tensor([1, 2, 3]) });
    const whole = await files.readFile(PATH);
    for (let length = 0; length < whole.length; length += 1) {
      const file = await files.open(PATH, "overwrite");
      await file.write(whole.subarray(0, length));
      await expect(store.load(PATH)).rejects.toMatchObject({ code: "LIT_CKPT_FORMAT" });
    }
  });

  it("writes its entries of the metadata under names that later versions look for", async () => {
    await store.save(PATH, { step: 1 });
    const text = new TextDecoder().decode(await files.readFile(PATH));
    for (const name of ['"format"', '"__lightning__"', '"__lightning_checksums__"']) expect(text).toContain(name);
  });

  it("suggests the nearest file when a checkpoint is missing", async () => {
    await store.save("/run/epoch=3-step=100.ckpt", { step: 1 });
    await expect(store.load("/run/epoch=3-step=10.ckpt")).rejects.toThrow(
      "/run/epoch=3-step=100.ckpt (did you mean that?)",
    );
  });

  it("tells a safetensors file of another tool apart, and still gives its tensors", async () => {
    await store.save(PATH, { weights: tf.tensor([1, 2]) });
    const bytes = await files.readFile(PATH);
    const foreign = Buffer.from(bytes).toString("latin1").replace("__lightning__", "__otherthing_");
    const file = await files.open(PATH, "overwrite");
    await file.write(Buffer.from(foreign, "latin1"));
    await expect(store.load(PATH)).rejects.toThrow(/not one that lightning-ts wrote/);
    expect([...((await store.loadTensors(PATH)).get("weights")?.values ?? [])]).toEqual([1, 2]);
  });

  it("says of a description that it cannot read that the file is not usable", async () => {
    await files.makeDirectory("/run");
    const other = await files.open("/run/other.ckpt", "overwrite");
    const description = encodeJson({ weights: { $tensor: "weights" } }, 1);
    await other.write(encodeSafetensors(new Map(), new Map([["__lightning__", description]])));
    await expect(store.load("/run/other.ckpt")).rejects.toMatchObject({
      code: "LIT_CKPT_FORMAT",
      message: expect.stringContaining('its description names the tensor "weights", which is not in the file.'),
      cause: expect.any(TypeError),
    });
  });

  it("names the file that a disk does not give", async () => {
    await store.save(PATH, { step: 1 });
    const broken = fileError("EIO", "broken disk");
    files.failWhen((operation) => (operation === "readFile" ? broken : undefined));
    await expect(store.load(PATH)).rejects.toMatchObject({
      code: "LIT_CKPT_READ",
      path: PATH,
      cause: broken,
      message: expect.stringMatching(/last\.ckpt could not be read: EIO: broken disk\. Try: again, or an earlier/),
    });
  });

  it("removes no folder, whatever path it is given", async () => {
    await store.save(PATH, { step: 1 });
    for (const path of ["/run", ""])
      await expect(store.remove(path), path).rejects.toMatchObject({ code: "LIT_CKPT_FORMAT" });
    expect(files.paths()).toEqual([PATH]);
  });

  it("removes what is not there without complaint, and does not ask the file system to", async () => {
    files.failWhen((operation) => (operation === "remove" ? fileError("ENOENT", "no such file") : undefined));
    await expect(store.remove(PATH)).resolves.toBeUndefined();
  });

  it("suggests nothing in a folder that is empty", async () => {
    await files.makeDirectory("/empty");
    await expect(store.load("/empty/a.ckpt")).rejects.toMatchObject({ code: "LIT_CKPT_NOT_FOUND", nearest: undefined });
  });

  it("says that a folder is not a checkpoint", async () => {
    await files.makeDirectory(PATH);
    await expect(store.load(PATH)).rejects.toThrow(/it is a folder/);
  });
});

async function operationsOfSave(): Promise<number> {
  await store.save(PATH, { step: 1 });
  const before = files.operations.length;
  await store.save(PATH, { step: 2, weights: tf.tensor([1, 2]) });
  return files.operations.length - before;
}
