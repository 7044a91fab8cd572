import { fileError, MemoryFiles } from "@lightning-ts/testing";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { nodeFiles } from "../node/node-files.js";
import { LockFiles, runsWithLocks, type LockContent } from "./lock-files.js";

const RUN = "a".repeat(32);
const CONTENT: LockContent = { version: 1, hostName: "here", processId: 7, started: "then", startedMs: 5 };
let files: MemoryFiles;
let locks: LockFiles;

const pathOf = (number: number | string, runId = RUN) => `/run/.lightning-${runId}.${number}.lock`;

async function put(path: string, text = ""): Promise<void> {
  const file = await files.open(path, "create");
  await file.write(new TextEncoder().encode(text));
  await file.close();
}

async function textOf(path: string): Promise<string> {
  return new TextDecoder().decode(await files.readFile(path));
}

beforeEach(async () => {
  files = new MemoryFiles();
  await files.makeDirectory("/run");
  locks = new LockFiles(files, { folder: "/run", runId: RUN });
});

describe("the files of a lock", () => {
  it("are found by their numbers, the highest last, and no other file is one", async () => {
    expect(await locks.newest()).toBeUndefined();
    for (const number of [2, 10, 9]) await put(pathOf(number));
    const others = [
      pathOf("11x"),
      pathOf("x12"),
      pathOf(13, "b".repeat(32)),
      pathOf(""),
      `/run/x${pathOf(14).slice(5)}`,
    ];
    for (const path of [...others, `${pathOf(15)}.tmp`]) await put(path);
    expect(await locks.newest()).toBe(10);
    await locks.removeBelow(10);
    expect(await locks.newest()).toBe(10);
    expect(files.paths()).toEqual([pathOf(10), ...others, `${pathOf(15)}.tmp`].sort());
    await locks.remove(10);
    expect(await locks.newest()).toBeUndefined();
  });

  it("are none where there is no folder, and where a file stands in its place", async () => {
    expect(await new LockFiles(files, { folder: "/none", runId: RUN }).newest()).toBeUndefined();
    await put("/file");
    expect(await new LockFiles(files, { folder: "/file", runId: RUN }).newest()).toBeUndefined();
  });

  it("are made once: who comes later is told that the number is taken", async () => {
    expect(await locks.create(3, CONTENT)).toBe(true);
    expect(await locks.create(3, { ...CONTENT, processId: 8 })).toBe(false);
    expect(await locks.read(3)).toEqual({ content: CONTENT, modifiedMs: expect.any(Number) });
    for (const failure of [fileError("ENOSPC", "disk full"), new Error("odd")]) {
      files.failWhen((operation) => (operation === "open" ? failure : undefined));
      await expect(locks.create(4, CONTENT)).rejects.toBe(failure);
    }
  });

  it("are closed whether they could be written or not, and do not stay where they say nothing", async () => {
    await locks.create(0, CONTENT);
    files.failWhen((operation) => (operation === "write" ? new Error("disk full") : undefined));
    await expect(locks.create(1, CONTENT)).rejects.toThrow("disk full");
    expect(files.operations.slice(-2)).toEqual([`close ${pathOf(1)}`, `remove ${pathOf(1)}`]);
    expect(await locks.newest()).toBe(0);
    await expect(locks.touch(0)).rejects.toThrow("disk full");
    expect(files.operations.at(-1)).toBe(`close ${pathOf(0)}`);
  });

  it("grow by a sign of life, and say the same", async () => {
    await locks.create(0, CONTENT);
    const before = await textOf(pathOf(0));
    await locks.touch(0);
    expect(await textOf(pathOf(0))).toBe(`${before} `);
    expect((await locks.read(0))?.content).toEqual(CONTENT);
    await locks.touch(1);
    expect(files.paths()).toEqual([pathOf(0)]);
  });
});

it("a sign of life is put behind what a real file holds", async () => {
  const folder = await mkdtemp(join(tmpdir(), "locks-"));
  const real = new LockFiles(nodeFiles(), { folder, runId: RUN });
  await real.create(0, CONTENT);
  await real.touch(0);
  expect(await readFile(join(folder, `.lightning-${RUN}.0.lock`), "utf8")).toBe(`${JSON.stringify(CONTENT)} `);
  await rm(folder, { recursive: true });
});

describe("what a lock says", () => {
  it("is nothing where it is gone, cannot be read, or is not written yet", async () => {
    expect(await locks.read(0)).toBeUndefined();
    await locks.create(0, CONTENT);
    files.failWhen((operation) => (operation === "readFile" ? fileError("EIO", "broken disk") : undefined));
    expect(await locks.read(0)).toEqual({ content: undefined, modifiedMs: expect.any(Number) });
  });

  it.each([
    "",
    "{",
    "null",
    "[1]",
    '"text"',
    JSON.stringify({ ...CONTENT, hostName: 1 }),
    JSON.stringify({ ...CONTENT, processId: "7" }),
    JSON.stringify({ ...CONTENT, started: undefined }),
  ])("is nothing with %s in it", async (text) => {
    await put(pathOf(0), text);
    expect(await locks.read(0)).toEqual({ content: undefined, modifiedMs: expect.any(Number) });
  });

  it("may lack the time of its start", async () => {
    await put(pathOf(0), JSON.stringify({ ...CONTENT, startedMs: "soon" }));
    expect((await locks.read(0))?.content).toEqual({ ...CONTENT, startedMs: 0 });
  });
});

it("the runs with locks in a folder are known by the names of these", async () => {
  const [first, second] = ["0123456789abcdef".repeat(2), "f".repeat(32)];
  for (const path of [pathOf(0, first), pathOf(1, first), pathOf(12, second)]) await put(path);
  const others = ["g".repeat(32), "a".repeat(31), "a".repeat(33)].map((id) => pathOf(0, id));
  for (const path of [...others, pathOf("x"), `${pathOf(1)}.tmp`, `/run/x${pathOf(1).slice(5)}`]) await put(path);
  expect(await runsWithLocks(files, "/run")).toEqual([first, second]);
});
