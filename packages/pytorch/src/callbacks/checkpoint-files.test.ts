import { temporaryPath } from "@lightning-ts/fabric";
import { MemoryFiles } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { Trainer } from "../contract/trainer.js";
import { writeScores } from "./best-scores-file.js";
import { checkpointFolder } from "./checkpoint-folder.js";
import { isInFolder, replaceByLink } from "./checkpoint-links.js";
import { isSameBatch, isSameStep, NOTHING_SAVED } from "./saved-state.js";

describe("scores in a file", () => {
  const written = async (scores: Readonly<Record<string, number>>) => {
    const files = new MemoryFiles();
    await writeScores(files, "/run/scores/best.yaml", scores);
    return Buffer.from(await files.readFile("/run/scores/best.yaml")).toString();
  };

  it("are YAML, numbers that are none included", async () => {
    expect(
      await written({
        '/a "b".ckpt': 0.5,
        "/c.ckpt": Number.NaN,
        "/d.ckpt": Number.POSITIVE_INFINITY,
        "/e.ckpt": Number.NEGATIVE_INFINITY,
        "/f.ckpt": -2,
      }),
    ).toBe('"/a \\"b\\".ckpt": 0.5\n"/c.ckpt": .nan\n"/d.ckpt": .inf\n"/e.ckpt": -.inf\n"/f.ckpt": -2\n');
  });

  it("are an empty mapping when there are none", async () => {
    expect(await written({})).toBe("{}\n");
  });
});

describe("links between checkpoints", () => {
  it("tell a folder from another whose name begins like it", () => {
    const files = new MemoryFiles();
    const isIn = (path: string) => isInFolder(files, path, "/run/ck");
    expect(["/run/ck/a", "/run/ck/deep/er/a"].every(isIn)).toBe(true);
    expect(["/run/ck", "/run/ck-old/a", "/run", "/", "/other/ck/a"].filter(isIn)).toEqual([]);
  });

  it.each([
    ["/run/a.ckpt", "/run/last.ckpt", "a.ckpt"],
    ["/run/best/a.ckpt", "/run/last.ckpt", "best/a.ckpt"],
    ["/run/a.ckpt", "/run/links/last.ckpt", "../a.ckpt"],
    ["/store/x/a.ckpt", "/run/deep/last.ckpt", "../../store/x/a.ckpt"],
  ])("to %s from %s read %s", async (target, path, expected) => {
    const made: string[] = [];
    const files = new MemoryFiles();
    files.link = (to, at) => Promise.resolve(void made.push(`${to} at ${at}`));
    files.rename = (from, to) => Promise.resolve(void made.push(`${from} to ${to}`));
    files.flushDirectory = (folder) => Promise.resolve(void made.push(`flush ${folder}`));
    const temporary = temporaryPath(files, path);
    await replaceByLink(files, target, { path, temporary });
    expect(made).toEqual([`${expected} at ${temporary}`, `${temporary} to ${path}`, `flush ${files.dirname(path)}`]);
  });
});

describe("what was saved last", () => {
  const trainerAt = (globalStep: number, batchesSeen: number): Parameters<typeof isSameStep>[0] =>
    Object({ globalStep, batchesSeen });

  it("is the same step until the optimizer steps, and the same batch until a batch has come", () => {
    const saved = { path: "/a.ckpt", globalStep: 2, batchesSeen: 5 };
    expect([isSameStep(trainerAt(2, 6), saved), isSameStep(trainerAt(3, 5), saved)]).toEqual([true, false]);
    expect([isSameBatch(trainerAt(2, 5), saved), isSameBatch(trainerAt(2, 6), saved)]).toEqual([true, false]);
    expect(isSameBatch(trainerAt(3, 5), saved)).toBe(false);
  });

  it("is the very beginning before anything was saved", () => {
    expect(isSameBatch(trainerAt(0, 0), NOTHING_SAVED)).toBe(true);
    expect(NOTHING_SAVED.path).toBe("");
  });
});

describe("the folder for checkpoints", () => {
  const files = new MemoryFiles();
  files.homeDirectory = () => "/home/ada";
  files.resolve = (...parts: string[]) => ["/here", ...parts].join("/");
  const folder = (given?: string, logger?: { readonly logDir?: string }) =>
    checkpointFolder(Object({ ports: { files }, logger, defaultRootDir: "/project" }) satisfies Trainer, given);

  it("is the given one, from the home folder or the working folder", () => {
    expect([folder("~/runs"), folder("runs~"), folder("runs", { logDir: "/logs" })]).toEqual([
      "/home/ada/runs",
      "/here/runs~",
      "/here/runs",
    ]);
  });

  it("is beside what the first logger writes, else below the root folder", () => {
    expect([folder(undefined, { logDir: "/logs/version_0" }), folder(undefined, {}), folder()]).toEqual([
      "/logs/version_0/checkpoints",
      "/project/checkpoints",
      "/project/checkpoints",
    ]);
  });
});
