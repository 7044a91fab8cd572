import { MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { Trainer } from "../contract/trainer.js";
import { checkpointFolder, takeCheckpointFolder } from "./checkpoint-folder.js";

/** As much of a Trainer as the choice of a folder looks at. */
function trainerOf(files: MemoryFiles, changes: object = {}): Trainer {
  return Object({ ports: { files }, defaultRootDir: "/runs", worldSize: 1, isGlobalZero: true, ...changes });
}

async function filesWith(...folders: readonly string[]): Promise<MemoryFiles> {
  const files = new MemoryFiles();
  for (const folder of folders) await files.makeDirectory(folder);
  return files;
}

const LOGGED = { logger: { logDir: "/logs/version_3" } };

describe("the folder of checkpoints", () => {
  it("is the given one, in the home directory where it begins with ~", async () => {
    const files = new MemoryFiles();
    const home = files.homeDirectory();
    for (const [given, folder] of [
      ["/elsewhere", "/elsewhere"],
      ["here", files.resolve("here")],
      ["~/ck", files.join(home, "ck")],
      ["odd~", files.resolve("odd~")],
    ] as const) {
      expect(checkpointFolder(trainerOf(files, LOGGED), given)).toBe(folder);
      expect(await takeCheckpointFolder(trainerOf(files, LOGGED), given)).toBe(folder);
    }
    expect(files.operations).toEqual([]);
  });

  it("stands beside the first logger's files, else below defaultRootDir", async () => {
    const files = new MemoryFiles();
    expect(checkpointFolder(trainerOf(files, LOGGED), undefined)).toBe("/logs/version_3/checkpoints");
    expect(await takeCheckpointFolder(trainerOf(files, LOGGED), undefined)).toBe("/logs/version_3/checkpoints");
    expect(files.operations).toEqual([]);
    expect(checkpointFolder(trainerOf(files), undefined)).toBe("/runs/checkpoints");
    expect(checkpointFolder(trainerOf(files, { logger: {} }), undefined)).toBe("/runs/checkpoints");
  });

  it("is made without a logger, one for each Trainer, and outlives a loss of power", async () => {
    const files = new MemoryFiles();
    const [first, second] = [trainerOf(files), trainerOf(files)];
    expect(await takeCheckpointFolder(first, undefined)).toBe("/runs/checkpoints");
    expect(await takeCheckpointFolder(second, undefined)).toBe("/runs/checkpoints-v1");
    expect(await takeCheckpointFolder(first, undefined)).toBe("/runs/checkpoints");
    files.crash();
    expect((await files.stat("/runs/checkpoints-v1"))?.isDirectory).toBe(true);
  });

  it("is chosen by rank 0 and told to the others", async () => {
    const told: unknown[] = [];
    const strategy = {
      broadcast: async (...args: readonly unknown[]) => {
        told.push(args);
        return { folder: "/from/rank/0" };
      },
    };
    const files = new MemoryFiles();
    const follower = trainerOf(files, { worldSize: 2, isGlobalZero: false, strategy });
    expect(await takeCheckpointFolder(follower, undefined)).toBe("/from/rank/0");
    expect(files.operations).toEqual([]);
    const leader = trainerOf(files, { worldSize: 2, strategy });
    expect(await takeCheckpointFolder(leader, undefined)).toBe("/from/rank/0");
    expect(told).toEqual([
      [{ folder: "" }, 0, "folder of checkpoints"],
      [{ folder: "/runs/checkpoints" }, 0, "folder of checkpoints"],
    ]);
  });
});

describe("the folder of a run that is resumed", () => {
  const folders = ["/runs/checkpoints", "/runs/checkpoints-v2", "/runs/checkpoints-v10"];
  const others = ["/runs/old-checkpoints-v11", "/runs/checkpoints-v12-old", "/runs/checkpoints-vx", "/runs/logs"];
  const taken = async (ckptPath: string, ...existing: readonly string[]) =>
    takeCheckpointFolder(trainerOf(await filesWith(...existing), { ckptPath }), undefined);

  it("is the one that its checkpoint is in", async () => {
    for (const folder of folders) expect(await taken(`${folder}/epoch=1.ckpt`, ...folders, ...others)).toBe(folder);
  });

  it("is, by the names last and best, the one with the highest version", async () => {
    for (const name of ["last", "best"]) {
      expect(await taken(name, ...folders, ...others)).toBe("/runs/checkpoints-v10");
      expect(await taken(name, "/runs/checkpoints", "/runs/checkpoints-v1")).toBe("/runs/checkpoints-v1");
    }
  });

  it("is a new one where the checkpoint is elsewhere or no run was before it", async () => {
    expect(await taken("/other/epoch=1.ckpt", ...folders)).toBe("/runs/checkpoints-v1");
    expect(await taken("/runs/logs/epoch=1.ckpt", ...folders, ...others)).toBe("/runs/checkpoints-v1");
    for (const name of ["last", "best", "/other/a.ckpt"]) expect(await taken(name)).toBe("/runs/checkpoints");
  });
});
