import { FakeClock, FakeProcesses, fileError, MemoryFiles } from "@lightning-ts/testing";
import { spawn } from "node:child_process";
import { beforeEach, describe, expect, it } from "vitest";
import { nodeProcesses } from "../node/node-processes.js";
import { RunIsAliveError } from "./run-is-alive-error.js";
import { RunLock } from "./run-lock.js";
import { temporaryPath } from "./temporary-files.js";

const OPTIONS = { folder: "/run", runId: "a".repeat(32) };
let files: MemoryFiles;
let clock: FakeClock;

/** The ports of one process. */
function inProcess(processId: number, { started = "then", hostName = "here" } = {}) {
  return { files, clock, processes: new FakeProcesses({ processId, started, hostName }) };
}

beforeEach(async () => {
  files = new MemoryFiles();
  clock = new FakeClock(1000);
  await files.makeDirectory("/run");
});

describe("the lock of a run", () => {
  it("is refused while its process is alive, with host, number and start", async () => {
    const first = inProcess(7);
    const lock = await RunLock.take(first, OPTIONS);
    const second = inProcess(8);
    second.processes.running.push(first.processes.identity);
    const failure: unknown = await RunLock.take(second, OPTIONS).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RunIsAliveError);
    expect(String(failure)).toMatch(/process 7 on here, since 1970-01-01T00:00:01\.000Z, writes to \/run/);
    await lock.release();
    await (await RunLock.take(second, OPTIONS)).release();
    expect(files.paths()).toEqual([]);
  });

  it("of a process that is dead, or whose number another one has, is taken over", async () => {
    await RunLock.take(inProcess(7), OPTIONS);
    const lock = await RunLock.take(inProcess(8), OPTIONS);
    expect(files.paths()).toEqual([`/run/.lightning-${OPTIONS.runId}.1.lock`]);
    await lock.release();
    await RunLock.take(inProcess(9, { started: "then" }), OPTIONS);
    const sameNumber = inProcess(9, { started: "later" });
    expect(await RunLock.holder(sameNumber, OPTIONS)).toBeUndefined();
    await RunLock.take(sameNumber, OPTIONS);
    expect(await RunLock.holder(sameNumber, OPTIONS)).toMatchObject({ processId: 9, started: "later" });
  });

  it("of a machine that nobody can ask for counts until it has been silent for long", async () => {
    await RunLock.take(inProcess(7, { hostName: "node-a" }), OPTIONS);
    clock.advance(100_000);
    await expect(RunLock.take(inProcess(8), OPTIONS)).rejects.toThrow(/process 7 on node-a/);
    clock.advance(100_000);
    await RunLock.take(inProcess(8), OPTIONS);
  });

  it("of another run in the same folder is nobody's business", async () => {
    await RunLock.take(inProcess(7), OPTIONS);
    await RunLock.take(inProcess(7), { folder: "/run", runId: "b".repeat(32) });
    expect(files.paths()).toHaveLength(2);
  });

  it("of a run that is known to be dead goes with its temporary files, and nothing of a run that may live", async () => {
    await RunLock.take(inProcess(7), OPTIONS);
    await RunLock.take(inProcess(7, { hostName: "node-a" }), { folder: "/run", runId: "b".repeat(32) });
    for (const id of ["a", "b"])
      await (await files.open(temporaryPath(files, "/run/x", id.repeat(32)), "create")).close();
    await (await files.open("/run/last.ckpt", "create")).close();
    clock.advance(1_000_000);
    await RunLock.removeDead(inProcess(8), "/run");
    expect(files.paths().map((path) => path.slice(0, 17))).toEqual([
      "/run/.lightning-b",
      "/run/.lightning-b",
      "/run/last.ckpt",
    ]);
  });

  it("of a process that died before it had said who it is goes when it is old, with its temporary files", async () => {
    await (await files.open(`/run/.lightning-${OPTIONS.runId}.0.lock`, "create")).close();
    await (await files.open(temporaryPath(files, "/run/x", OPTIONS.runId), "create")).close();
    await RunLock.removeDead(inProcess(8), "/run");
    expect(files.paths()).toHaveLength(2);
    clock.advance(1_000_000);
    await RunLock.removeDead(inProcess(8), "/run");
    expect(files.paths()).toEqual([]);
  });

  it("that is not written yet counts as held, and one of long ago as given up", async () => {
    await (await files.open(`/run/.lightning-${OPTIONS.runId}.0.lock`, "create")).close();
    await expect(RunLock.take(inProcess(7), OPTIONS)).rejects.toThrow(/is being started by another process/);
    clock.advance(1_000_000);
    await RunLock.take(inProcess(7), OPTIONS);
  });

  it("goes to one of many that find a dead one at once", async () => {
    await RunLock.take(inProcess(7), OPTIONS);
    const processes = Array.from({ length: 20 }, (_, index) => inProcess(100 + index));
    for (const { processes: each } of processes)
      each.running.push(...processes.map(({ processes: other }) => other.identity));
    const outcomes = await Promise.allSettled(processes.map((each) => RunLock.take(each, OPTIONS)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("a run that holds its lock", () => {
  const read = async () => new TextDecoder().decode(await files.readFile(`/run/.lightning-${OPTIONS.runId}.0.lock`));
  const settle = async () => {
    for (let i = 0; i < 20; i += 1) await Promise.resolve();
  };

  it("shows every 20 seconds that it is alive, and never again once it was given up", async () => {
    const lock = await RunLock.take(inProcess(7), OPTIONS);
    const before = await read();
    expect(JSON.parse(before)).toEqual({
      version: 1,
      hostName: "here",
      processId: 7,
      started: "then",
      startedMs: 1000,
    });
    clock.advance(19_999);
    await settle();
    expect(await read()).toBe(before);
    clock.advance(1);
    await settle();
    clock.advance(20_000);
    await settle();
    expect(await read()).toBe(`${before}  `);
    await lock.release();
    const { length } = files.operations;
    clock.advance(100_000);
    await settle();
    expect(files.operations).toHaveLength(length);
  });

  it("goes on when its folder is gone", async () => {
    const lock = await RunLock.take(inProcess(7), OPTIONS);
    files.failWhen(() => new Error("gone"));
    clock.advance(20_000);
    await settle();
    files.failWhen(() => undefined);
    await lock.release();
  });

  it("is known to others, and not when it is dead or nothing is known of it", async () => {
    expect(await RunLock.holder(inProcess(8), OPTIONS)).toBeUndefined();
    await RunLock.take(inProcess(7, { hostName: "node-a" }), OPTIONS);
    expect(await RunLock.holder(inProcess(8), OPTIONS)).toMatchObject({ processId: 7, hostName: "node-a" });
    clock.advance(150_000);
    expect(await RunLock.holder(inProcess(8), OPTIONS)).toBeUndefined();
    expect(await RunLock.holder(inProcess(8, { hostName: "node-a" }), OPTIONS)).toBeUndefined();
    const other = { folder: "/run", runId: "c".repeat(32) };
    await (await files.open(`/run/.lightning-${other.runId}.0.lock`, "create")).close();
    clock.advance(-clock.now());
    expect(await RunLock.holder(inProcess(8), other)).toBeUndefined();
  });

  it("is silent for long only after 150 seconds", async () => {
    await (await files.open(`/run/.lightning-${OPTIONS.runId}.0.lock`, "create")).close();
    const { stat } = files;
    files.stat = async (path) => {
      const found = await stat.call(files, path);
      return found === undefined ? undefined : { ...found, modifiedMs: 50_000 };
    };
    clock.advance(50_000 + 149_999 - clock.now());
    await expect(RunLock.take(inProcess(7), OPTIONS)).rejects.toThrow(RunIsAliveError);
    clock.advance(1);
    await (await RunLock.take(inProcess(7), OPTIONS)).release();
  });

  it("gives up a number that was held and given up before a higher one was made", async () => {
    const slow = inProcess(7);
    const { own } = slow.processes;
    let asked = 0;
    slow.processes.own = async () => {
      asked += 1;
      if (asked === 1) await (await files.open(`/run/.lightning-${OPTIONS.runId}.5.lock`, "create")).close();
      else clock.advance(1_000_000);
      return own.call(slow.processes);
    };
    clock.advance(1_000_000);
    await RunLock.take(slow, OPTIONS);
    expect(files.paths()).toEqual([`/run/.lightning-${OPTIONS.runId}.6.lock`]);
  });

  it("is not taken by one that never gets a number", async () => {
    const unlucky = inProcess(7);
    let tries = 0;
    files.failWhen((operation, path) => {
      if (operation !== "open" || !path.endsWith(".lock")) return undefined;
      tries += 1;
      return fileError("EEXIST", "somebody was quicker");
    });
    await expect(RunLock.take(unlucky, OPTIONS)).rejects.toThrow(/is being started by another process in \/run/);
    expect(tries).toBe(100);
  });

  it("is left alone by those that clean up, while it may live", async () => {
    const lock = await RunLock.take(inProcess(7), OPTIONS);
    const living = inProcess(8);
    living.processes.running.push({ hostName: "here", processId: 7, started: "then" });
    await (await files.open(`/run/.lightning-${"d".repeat(32)}.0.lock`, "create")).close();
    const before = files.paths();
    await RunLock.removeDead(living, "/run");
    expect(files.paths()).toEqual(before);
    await lock.release();
  });
});

describe("an error of a run that is alive", () => {
  it("has the folder and the process as fields", async () => {
    await RunLock.take(inProcess(7, { hostName: "node-a" }), OPTIONS);
    const failure: unknown = await RunLock.take(inProcess(8), OPTIONS).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "LIT_RUN_ALIVE", folder: "/run", hostName: "node-a", processId: 7 });
    expect(String(failure)).toContain(
      "Try: wait until that process has ended. If its machine is gone, try again in three minutes. To begin a run of its own from these weights, load them with loadFromCheckpoint and fit without ckptPath.",
    );
    expect(new RunIsAliveError("/run", undefined)).toMatchObject({ hostName: undefined, processId: undefined });
  });
});

describe("Node's processes", () => {
  it("know whether a process runs, and whether it is the same one", async () => {
    const processes = nodeProcesses();
    const own = await processes.own();
    expect(own.processId).toBe(process.pid);
    expect(await processes.isRunning(own)).toBe(own.started === "" ? undefined : true);
    if (own.started !== "") expect(await processes.isRunning({ ...own, started: `${own.started}1` })).toBe(false);
    expect(await processes.isRunning({ ...own, hostName: "elsewhere" })).toBeUndefined();
    const child = spawn(process.execPath, ["-e", ""]);
    await new Promise((resolve) => child.on("close", resolve));
    expect(await processes.isRunning({ ...own, processId: child.pid ?? 0 })).toBe(false);
  });

  it("run programs and give their exit codes", async () => {
    expect(await nodeProcesses().run(process.execPath, ["-e", "process.exit(3)"])).toBe(3);
    expect(await nodeProcesses().run(process.execPath, ["-e", ""])).toBe(0);
    await expect(nodeProcesses().run("no-such-program-here", [])).rejects.toThrow("ENOENT");
  });
});
