import { MisconfigurationError } from "lightning-ts";
import { SpawnedFunctionError } from "lightning-ts/fabric";
import { spawnRanks } from "lightning-ts/fabric/node";
import { describe, expect, it } from "vitest";
import { IS_FULL, TIMEOUT_MS } from "./start-ranks.js";

const MODULE = new URL("spawned.ts", import.meta.url);
const execArgv = ["--conditions=lightning-ts-source"];

describe("spawnRanks", { timeout: TIMEOUT_MS, concurrent: true }, () => {
  it("runs a function on two ranks, and gives back what the first one returned", async () => {
    const result = await spawnRanks(MODULE, { name: "sums", args: [20, Float32Array.of(1, 2)], execArgv });
    const more = Float32Array.of(2, 4);
    expect(result).toEqual({ sum: 41, worldSize: 2, more, when: new Map([["a", [1n]]]) });
  });

  it.runIf(IS_FULL)("runs one that trains with a Trainer", async () => {
    const weights = await spawnRanks(MODULE.href, { name: "train", execArgv });
    expect(weights).toEqual([expect.any(Number), expect.any(Number), expect.any(Number)]);
  });

  it("runs the default export where no name is given", async () => {
    const module = "data:text/javascript,export default async (value) => value + 1";
    expect(await spawnRanks(module, { args: [6], execArgv })).toBe(7);
  });

  it.each(IS_FULL ? [0, 1] : [1])("fails with the error of rank %i", async (rank) => {
    const error: unknown = await spawnRanks(MODULE, { name: "failsOn", args: [rank], execArgv }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SpawnedFunctionError);
    expect(String(error)).toMatch(/failsOn\(\) of file:.*spawned\.ts failed in a process of its own/);
    expect(String(error)).toMatch(rank === 0 ? /RangeError: no such luck/ : /Rank 1 is gone.*[^]*no such luck/);
    expect((error as SpawnedFunctionError).cause).toBeInstanceOf(Error);
  });

  it.runIf(IS_FULL).each([
    ["returnsTensor", /What returnsTensor\(\) of .* cannot go from one process to another[^]*tensor\.data\(\)/],
    ["returnsFunction", /What returnsFunction\(\) of .* cannot go/],
    ["exits", /the process exited before it returned/],
    ["spawns", /called in one of the processes that train together/],
    ["notAFunction", /There is no function notAFunction\(\)[^]*one of .*failsOn.*[^]*3/],
  ])("says what is wrong with %s", async (name, message) => {
    await expect(spawnRanks(MODULE, { name, execArgv })).rejects.toThrow(message);
  });

  it("ends the processes when its signal is aborted", async () => {
    const signal = AbortSignal.timeout(1500);
    await expect(spawnRanks(MODULE, { name: "waits", execArgv, signal })).rejects.toThrow(/timeout/);
  });

  it("refuses what cannot be sent, before it starts anything", async () => {
    await expect(spawnRanks("./train.js")).rejects.toThrow(MisconfigurationError);
    await expect(spawnRanks(MODULE, { args: [() => 1] })).rejects.toThrow(/An argument of the default export/);
    const options: object = { nmae: "sums" };
    await expect(spawnRanks(MODULE, options)).rejects.toThrow(/name/);
  });
});
