import { FakeEnvironment, FakeProcesses, MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { isEntry, JOURNAL_VARIABLE, LAUNCHER_VARIABLE, RunJournal, SUPERVISOR_VARIABLE } from "./run-journal.js";

const FIRST = { fit: 1, step: 5, part: "aaa", path: "/ck/a.ckpt" };
const SECOND = { fit: 2, step: 9, part: "bbb", path: "/ck/b\nb.ckpt" };

/** A journal in memory, as another process finds it. */
function journal(files = new MemoryFiles()) {
  return { files, journal: new RunJournal(files, "/journal") };
}

async function write(files: MemoryFiles, text: string): Promise<void> {
  const file = await files.open("/journal", "append");
  await file.write(new TextEncoder().encode(text));
  await file.close();
}

describe("the journal of a run", () => {
  it("is empty before anything is written, and then tells the newest first", async () => {
    const { files, journal: own } = journal();
    expect(await own.entries()).toEqual([]);
    await own.add(FIRST);
    await own.add({ ...SECOND, ...Object({ more: 1 }) });
    expect(await journal(files).journal.entries()).toEqual([SECOND, FIRST]);
    expect(new TextDecoder().decode(await files.readFile("/journal")).split("\n")).toHaveLength(3);
  });

  it("passes over what is no entry, such as half a line", async () => {
    const { files, journal: own } = journal();
    await own.add(FIRST);
    for (const bad of [
      { ...FIRST, fit: "1" },
      { ...FIRST, step: "5" },
      { ...FIRST, part: 3 },
      { ...FIRST, path: 4 },
    ])
      await write(files, `${JSON.stringify(bad)}\n`);
    await write(files, `null\n3\n[]\n\n`);
    await own.add(SECOND);
    await write(files, '{"fit":1,"st');
    expect(await own.entries()).toEqual([SECOND, FIRST]);
  });

  it("is added to, and never written anew", async () => {
    const { files, journal: own } = journal();
    const modes: string[] = [];
    const open = files.open.bind(files);
    files.open = async (path, mode) => {
      modes.push(mode);
      return open(path, mode);
    };
    await own.add(FIRST);
    await own.add(SECOND);
    expect(modes).toEqual(["append", "append"]);
    expect([JOURNAL_VARIABLE, SUPERVISOR_VARIABLE]).toEqual(["LT_RUN_JOURNAL", "LT_SUPERVISOR"]);
  });

  it("closes its file where nothing can be written", async () => {
    const { files, journal: own } = journal();
    files.failWhen((operation) => (operation === "write" ? new Error("the disk is full") : undefined));
    await expect(own.add(FIRST)).rejects.toThrow("the disk is full");
    expect(files.operations.at(-1)).toBe("close /journal");
  });

  it.each<[string, Record<string, string>, number | undefined, boolean]>([
    [
      "there is one, and its reader started this process",
      { [JOURNAL_VARIABLE]: "/j", [SUPERVISOR_VARIABLE]: "7" },
      7,
      true,
    ],
    ["another process did", { [JOURNAL_VARIABLE]: "/j", [SUPERVISOR_VARIABLE]: "7" }, 8, false],
    ["nobody is named", { [JOURNAL_VARIABLE]: "/j" }, 7, false],
    ["there is none", { [SUPERVISOR_VARIABLE]: "7" }, 7, false],
    [
      "its reader started the launcher of this rank",
      { [JOURNAL_VARIABLE]: "/j", [SUPERVISOR_VARIABLE]: "7", [LAUNCHER_VARIABLE]: "mpirun" },
      8,
      true,
    ],
    ["a platform knows no processes", { [JOURNAL_VARIABLE]: "/j", [SUPERVISOR_VARIABLE]: "7" }, undefined, false],
  ])("is this process's own where %s", async (_name, variables, parent, isOwn) => {
    const files = new MemoryFiles();
    const processes = new FakeProcesses();
    processes.parent = parent;
    const found = RunJournal.of(
      Object({
        files,
        environment: new FakeEnvironment(variables),
        processes: parent === undefined ? undefined : processes,
      }),
    );
    expect(found !== undefined).toBe(isOwn);
    await found?.add(FIRST);
    expect(files.paths()).toEqual(isOwn ? ["/j"] : []);
  });
});

it("an entry is still true of a file that the same part of the run wrote at that step", () => {
  const run = { version: 1, id: "0123456789abcdef0123456789abcdef", part: "aaa" };
  expect(isEntry({ run, global_step: 5 }, FIRST)).toBe(true);
  expect(isEntry({ run, global_step: 6 }, FIRST)).toBe(false);
  expect(isEntry({ run: { ...run, part: "bbb" }, global_step: 5 }, FIRST)).toBe(false);
  expect(isEntry({ global_step: 5 }, FIRST)).toBe(false);
});
