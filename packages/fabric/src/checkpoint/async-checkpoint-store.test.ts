import { tf } from "@lightning-ts/core";
import { testCheckpointStore, fileError, MemoryFiles } from "@lightning-ts/testing";
import "@tensorflow/tfjs-backend-cpu";
import { beforeEach, describe, expect, it } from "vitest";
import { AsyncCheckpointStore } from "./async-checkpoint-store.js";
import { SafetensorsCheckpointStore } from "./safetensors-checkpoint-store.js";

let files: MemoryFiles;
let store: AsyncCheckpointStore;
beforeEach(() => {
  files = new MemoryFiles();
  store = new AsyncCheckpointStore(new SafetensorsCheckpointStore(files));
});

let count = 0;
testCheckpointStore({
  name: "async",
  create: () => new AsyncCheckpointStore(new SafetensorsCheckpointStore(new MemoryFiles())),
  newPath: () => `/run/${(count += 1)}.ckpt`,
});

describe("AsyncCheckpointStore", () => {
  it("saves the values as they were, whatever happens to them afterwards", async () => {
    const weights = tf.variable(tf.tensor([1, 2]));
    const bytes = Uint8Array.of(1);
    await store.save("/run/a.ckpt", { weights, bytes });
    weights.assign(tf.tensor([3, 4]));
    bytes[0] = 2;
    weights.dispose();
    const loaded = await store.load("/run/a.ckpt");
    expect([Reflect.get(Object(loaded["weights"]), "values"), loaded["bytes"]]).toEqual([
      Float32Array.of(1, 2),
      Uint8Array.of(1),
    ]);
  });

  it("goes on before the file is written, and writes in order", async () => {
    await Promise.all([1, 2, 3].map((step) => store.save("/run/a.ckpt", { step })));
    expect(files.paths()).not.toContain("/run/a.ckpt");
    expect((await store.load("/run/a.ckpt"))["step"]).toBe(3);
  });

  it("reports a write that failed at the next save, once", async () => {
    files.failWhen((operation) => (operation === "rename" ? fileError("EIO", "broken disk") : undefined));
    await store.save("/run/a.ckpt", { step: 1 });
    await store.exists("/run/a.ckpt");
    files.failWhen(() => undefined);
    await expect(store.save("/run/a.ckpt", { step: 2 })).rejects.toMatchObject({ code: "LIT_CKPT_WRITE" });
    await store.save("/run/a.ckpt", { step: 3 });
    await expect(store.teardown()).resolves.toBeUndefined();
  });

  it("waits at teardown for everything, and reports what failed", async () => {
    await store.save("/run/a.ckpt", { step: 1 });
    await store.teardown();
    expect(files.paths()).toEqual(["/run/a.ckpt"]);
    files.failWhen((operation) => (operation === "write" ? fileError("ENOSPC", "disk full") : undefined));
    await store.save("/run/b.ckpt", { step: 1 });
    await expect(store.teardown()).rejects.toThrow(/disk full/);
  });

  it("says that it writes in the background, and with which store", () => {
    expect([store.kind, store.name]).toEqual(["checkpoint-store", "async safetensors"]);
  });

  it("copies the values of a backend that hands out its own memory", async () => {
    const weights = tf.tensor([1, 2]);
    const own = await weights.data();
    await store.save("/run/a.ckpt", { weights });
    own.fill(9);
    const loaded = await store.load("/run/a.ckpt");
    expect(Reflect.get(Object(loaded["weights"]), "values")).toEqual(Float32Array.of(1, 2));
  });

  it("copies byte arrays before the writing begins", async () => {
    const bytes = Uint8Array.of(1, 2);
    const saved = store.save("/run/a.ckpt", { bytes, list: [bytes] });
    await saved;
    bytes.fill(9);
    expect(await store.load("/run/a.ckpt")).toMatchObject({ bytes: Uint8Array.of(1, 2), list: [Uint8Array.of(1, 2)] });
  });

  it("has written a file before its tensors are read", async () => {
    const weights = tf.tensor([1, 2]);
    await store.save("/run/a.ckpt", { weights });
    expect([...(await store.loadTensors("/run/a.ckpt")).keys()]).toEqual(["weights"]);
  });

  it("tears its inner store down, after the last write", async () => {
    const inner = new SafetensorsCheckpointStore(files);
    const events: string[] = [];
    inner.teardown = () => {
      events.push(`torn down beside ${files.paths().join()}`);
      return Promise.resolve();
    };
    const outer = new AsyncCheckpointStore(inner);
    await outer.save("/run/a.ckpt", { step: 1 });
    await outer.teardown();
    expect(events).toEqual(["torn down beside /run/a.ckpt"]);
  });

  it("refuses at once what a checkpoint cannot hold", async () => {
    await expect(store.save("/run/a.ckpt", Object({ step: () => 1 }))).rejects.toMatchObject({
      code: "LIT_CKPT_VALUE",
    });
  });
});
