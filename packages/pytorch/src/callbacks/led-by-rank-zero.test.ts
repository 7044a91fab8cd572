import { describe, expect, it } from "vitest";
import type { Trainer } from "../contract/trainer.js";
import { InterruptionError } from "../errors/interruption-error.js";
import { isOnAllRanks, ledByRankZero, saveOnAllRanks } from "./led-by-rank-zero.js";

/** What all ranks together do with a callback that counts its files. */
async function onRanks(worldSize: number, decide: (trainer: Trainer) => Promise<void>) {
  let waiting: ((value: unknown) => void)[] = [];
  const names = new Set<string>();
  let order: unknown;
  const broadcastOf = (rank: number) => (value: unknown, source: number, name: string) =>
    new Promise((resolve) => {
      names.add(name);
      if (rank === source) order = value;
      waiting.push(resolve);
      if (waiting.length < worldSize) return;
      const all = waiting;
      waiting = [];
      for (const one of all) one(order);
    });
  const ranks = Array.from({ length: worldSize }, (_, rank) => {
    const saved: unknown[] = [];
    const callback = {
      stateKey: "Saver",
      files: rank * 10,
      state: () => callback.files + 1,
      takeState: (files: number) => void (callback.files = files),
    };
    const trainer: Trainer = Object({
      worldSize,
      isGlobalZero: rank === 0,
      globalStep: 7,
      strategy: { broadcast: broadcastOf(rank) },
      saveCheckpoint: async (path: string, options: object) => void saved.push([path, options]),
    });
    return { trainer, callback, saved };
  });
  const outcomes = await Promise.allSettled(
    ranks.map(async ({ trainer, callback }) => ledByRankZero(trainer, callback, () => decide(trainer))),
  );
  return { ranks, outcomes: outcomes.map((one) => (one.status === "rejected" ? String(one.reason) : "done")), names };
}

describe("what rank 0 decides", () => {
  it("is written on all ranks, which remember afterwards what it does", async () => {
    const { ranks, outcomes, names } = await onRanks(3, async (trainer) => {
      await saveOnAllRanks(trainer, "Saver", "a.ckpt", { weightsOnly: false });
      await saveOnAllRanks(trainer, "Saver", "b.ckpt", { weightsOnly: true });
    });
    const written = [
      ["a.ckpt", { weightsOnly: false }],
      ["b.ckpt", { weightsOnly: true }],
    ];
    expect(ranks.map(({ saved }) => saved)).toEqual([written, written, written]);
    expect(ranks.map(({ callback }) => callback.files)).toEqual([0, 1, 1]);
    expect(outcomes).toEqual(["done", "done", "done"]);
    expect([...names]).toEqual(["Saver at global step 7"]);
  });

  it("ends the others too where it fails", async () => {
    const { outcomes } = await onRanks(2, async () => {
      throw new Error("disk full");
    });
    expect(outcomes).toEqual(["Error: disk full", "Error: Rank 0 wrote no checkpoint: Error: disk full"]);
  });

  it("is told by its own failure, also where nobody listens any more", async () => {
    const trainer: Trainer = Object({
      worldSize: 2,
      isGlobalZero: true,
      strategy: { broadcast: () => Promise.reject(new Error("nobody there")) },
    });
    const callback = { stateKey: "Saver", state: () => 0, takeState: () => undefined };
    const failing = ledByRankZero(trainer, callback, () => Promise.reject(new Error("disk full")));
    await expect(failing).rejects.toMatchObject({ message: "disk full" });
  });

  it("is asked at once and told nobody where there is one rank", async () => {
    const { ranks, names } = await onRanks(1, (trainer) =>
      saveOnAllRanks(trainer, "Saver", "a.ckpt", { weightsOnly: true }),
    );
    expect(ranks[0]?.saved).toEqual([["a.ckpt", { weightsOnly: true }]]);
    expect(names.size).toBe(0);
    const trainer: Trainer = Object({ worldSize: 1 });
    let isDecided = false;
    const callback = { stateKey: "Saver", state: () => 0, takeState: () => undefined };
    expect(ledByRankZero(trainer, callback, () => void (isDecided = true))).toBeUndefined();
    expect(isDecided).toBe(true);
  });
});

describe("what ended a run", () => {
  it.each([
    ["a failure", 1, new Error("x"), true],
    ["an interruption", 2, new InterruptionError("SIGINT", "batch 3"), true],
    ["a failure", 2, new Error("x"), false],
  ])("by %s is on all of %d ranks", (_name, worldSize, error, expected) => {
    const warnings: string[] = [];
    const trainer: Trainer = Object({ worldSize, warn: (_topic: string, text: string) => void warnings.push(text) });
    expect(isOnAllRanks(trainer, error)).toBe(expected);
    expect(warnings).toEqual(
      expected ? [] : ["A rank that fails writes no checkpoint: the others would have to take part."],
    );
  });
});
