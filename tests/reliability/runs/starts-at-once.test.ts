import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { IS_FULL, TIMEOUT_MS } from "./options.js";
import { resultOf, train } from "./processes.js";

const COUNT = 20;
/** Processes whose modules are loading at a time; all begin to train at once. */
const kinds = IS_FULL ? (["csv", "tensorboard", "both", "none"] as const) : (["both"] as const);

describe(`${COUNT} processes that are started at once`, () => {
  it.each(kinds)("have folders of their own, with loggers: %s", { timeout: TIMEOUT_MS }, async (logger) => {
    const root = await mkdtemp(join(tmpdir(), "at-once-"));
    const trainings = await Promise.all(Array.from({ length: COUNT }, () => train({ root, maxEpochs: 1, logger })));
    const ends = await Promise.all(trainings.map(({ ended }) => ended));
    for (const { code, output } of ends) expect(code, output).toBe(0);
    const results = ends.map(({ output }) => resultOf(output));
    expect(new Set(results.map(({ folder }) => folder)).size).toBe(COUNT);
    const logDirs = results.flatMap((result) => result.logDirs);
    expect(new Set(logDirs).size).toBe(logDirs.length);
    const left = await readdir(root, { recursive: true });
    expect(left.filter((name) => name.includes(".lightning-"))).toEqual([]);
    expect(left.filter((name) => name.endsWith("last.ckpt"))).toHaveLength(COUNT);
    await rm(root, { recursive: true });
  });
});
