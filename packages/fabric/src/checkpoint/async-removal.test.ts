import { expect, it } from "vitest";
import { MemoryFiles } from "@lightning-ts/testing";
import { AsyncCheckpointStore } from "./async-checkpoint-store.js";
import { SafetensorsCheckpointStore } from "./safetensors-checkpoint-store.js";

it("a file is not removed where the one that replaces it could not be written", async () => {
  const files = new MemoryFiles();
  const store = new AsyncCheckpointStore(new SafetensorsCheckpointStore(files));
  await store.save("/old.ckpt", { step: 1 });
  await store.exists("/old.ckpt");
  files.failWhen((operation) => (operation === "open" ? new Error("the disk is full") : undefined));
  await store.save("/new.ckpt", { step: 2 });
  await expect(store.remove("/old.ckpt")).rejects.toMatchObject({ code: "LIT_CKPT_WRITE" });
  expect(await store.exists("/old.ckpt")).toBe(true);
  // It is said once: what is asked for then happens.
  await store.remove("/old.ckpt");
  expect(await store.exists("/old.ckpt")).toBe(false);
});
