import { fileError, MemoryFiles } from "@lightning-ts/testing";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nodeFiles } from "../node/node-files.js";
import { AsyncCheckpointStore } from "./async-checkpoint-store.js";
import { CheckpointNotFoundError, CheckpointWriteError } from "./checkpoint-errors.js";
import { makeFolder } from "./make-folder.js";
import { randomId } from "./random-id.js";
import { replaceFile } from "./replace-file.js";
import { SafetensorsCheckpointStore } from "./safetensors-checkpoint-store.js";
import { removeLeftovers, temporaryPath } from "./temporary-files.js";

const text = (value: string) => new TextEncoder().encode(value);

describe("temporary files", () => {
  it("have names that nobody can guess, and that say which run writes", () => {
    const files = new MemoryFiles();
    const names = new Set(Array.from({ length: 100 }, () => temporaryPath(files, "/run/a.ckpt", "me")));
    expect(names.size).toBe(100);
    for (const name of names) expect(name).toMatch(/^\/run\/\.lightning-me-[0-9a-f]{32}\.tmp$/);
    expect(temporaryPath(files, "/run/a.ckpt")).toMatch(/^\/run\/\.lightning-0-[0-9a-f]{32}\.tmp$/);
  });

  it("of a run are removed by its id, and no other file is", async () => {
    const files = new MemoryFiles();
    await files.makeDirectory("/run");
    const [mine, other] = [randomId(), randomId()];
    const ofNoSave = `/run/.lightning-${mine}-notes`;
    const paths = [
      ofNoSave,
      temporaryPath(files, "/run/a", other),
      temporaryPath(files, "/run/a"),
      "/run/a.tmp",
      "/run/a.1.tmp",
    ];
    for (const path of [...paths, temporaryPath(files, "/run/a", mine)])
      await (await files.open(path, "create")).close();
    expect(await removeLeftovers(files, "/run", mine)).toBe(1);
    expect(files.paths()).toEqual(paths.sort());
  });

  it("never lead through a link, whose target stays as it is", async () => {
    const folder = await fs.mkdtemp(join(tmpdir(), "links-"));
    const [target, link] = [join(folder, "target"), join(folder, "model.ckpt")];
    await fs.writeFile(target, "precious");
    await fs.symlink(target, link);
    await expect(nodeFiles().open(link, "create")).rejects.toMatchObject({ code: "EEXIST" });
    await replaceFile(nodeFiles(), link, (file) => file.write(text("new")));
    expect(await fs.readFile(target, "utf8")).toBe("precious");
    expect([await fs.readFile(link, "utf8"), (await fs.lstat(link)).isSymbolicLink()]).toEqual(["new", false]);
    expect((await fs.readdir(folder)).sort()).toEqual(["model.ckpt", "target"]);
    await fs.rm(folder, { recursive: true });
  });
});

describe("a save that fails", () => {
  it("says what the file system said, and throws what this library said as it is", async () => {
    const files = new MemoryFiles();
    const store = new SafetensorsCheckpointStore(files);
    files.failWhen((operation) => (operation === "open" ? fileError("ENOSPC", "disk full") : undefined));
    await expect(store.save("/run/a.ckpt", { step: 1 })).rejects.toMatchObject({
      code: "LIT_CKPT_WRITE",
      isInPlace: false,
    });
    const own = new CheckpointNotFoundError("/run/b.ckpt", undefined);
    files.failWhen((operation) => (operation === "open" ? own : undefined));
    await expect(store.save("/run/a.ckpt", { step: 1 })).rejects.toBe(own);
    files.failWhen(() => undefined);
    for (const refusal of [store.remove("/run"), store.load("/run")])
      await expect(refusal).rejects.toMatchObject({
        code: "LIT_CKPT_FORMAT",
        message: expect.stringContaining("/run is not a usable checkpoint: it is a folder."),
      });
  });

  it("in the background has copied bytes before, which may change since", async () => {
    const files = new MemoryFiles();
    const inner = new SafetensorsCheckpointStore(files);
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { save } = inner;
    inner.save = async (...given) => {
      await gate;
      await save.apply(inner, given);
    };
    const store = new AsyncCheckpointStore(inner);
    const bytes = Uint8Array.of(1, 2);
    await store.save("/run/a.ckpt", { bytes });
    bytes.fill(9);
    open();
    expect(await store.load("/run/a.ckpt")).toEqual({ bytes: Uint8Array.of(1, 2) });
  });
});

describe("folders", () => {
  it("that are new survive a power failure, with those above them", async () => {
    const files = new MemoryFiles();
    await makeFolder(files, "/a/b/c");
    await replaceFile(files, "/a/b/c/model", (file) => file.write(text("x")));
    files.crash();
    expect(files.paths()).toEqual(["/a/b/c/model"]);
  });

  it("that are there already are neither made nor flushed again", async () => {
    const files = new MemoryFiles();
    await makeFolder(files, "/a/b");
    const { length } = files.operations;
    await makeFolder(files, "/a/b");
    expect(files.operations.slice(length)).toEqual(["stat /a/b", "makeDirectory /a/b"]);
    await makeFolder(files, "/a/b/c/d");
    expect(files.operations.slice(length + 2).filter((operation) => operation.startsWith("flush"))).toEqual([
      "flushDirectory /a/b",
      "flushDirectory /a/b/c",
    ]);
  });

  it("that cannot be flushed leave the new file in place, and the error says so", async () => {
    const files = new MemoryFiles();
    const store = new SafetensorsCheckpointStore(files);
    await store.save("/run/a.ckpt", { step: 1 });
    files.failWhen((operation) => (operation === "flushDirectory" ? fileError("EIO", "broken disk") : undefined));
    const failure: unknown = await store.save("/run/a.ckpt", { step: 2 }).catch((error: unknown) => error);
    files.failWhen(() => undefined);
    expect(failure).toBeInstanceOf(CheckpointWriteError);
    expect(failure).toMatchObject({ isInPlace: true });
    expect(String(failure)).toMatch(/is complete and in place, but not yet safe from a power failure.*broken disk/);
    expect(await store.load("/run/a.ckpt")).toEqual({ step: 2 });
    files.crash();
    expect(await store.load("/run/a.ckpt")).toEqual({ step: 1 });
  });
});
