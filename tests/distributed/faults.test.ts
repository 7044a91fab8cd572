import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { IS_FULL, startRanks, TIMEOUT_MS } from "./start-ranks.js";
import type { FaultOrders, FaultResult } from "./faults.js";

/** How long ranks wait for one that hangs; everything else is noticed sooner. */
const HANG_MS = 2500;

interface Case extends Pick<FaultOrders, "fault" | "phase" | "rank"> {
  /** What the other rank's error says; undefined where that rank dies without one. */
  readonly error?: object;
}

/** Kinds of failures that the sample has. */
const FEW: readonly string[] = ["hang", "other-shape", "exit"] satisfies FaultOrders["fault"][];

const gone = (how: RegExp, more: object = {}): object => ({
  code: "LIT_RANK_FAILED",
  ...{ operation: expect.stringMatching(/\w+ ".+"/), sequenceNumber: expect.any(Number), phase: expect.any(String) },
  message: expect.stringMatching(how),
  ...more,
});

const CASES: readonly Case[] = [
  { fault: "throw", phase: "forward", rank: 1, error: gone(/phase forward.*the data ended/) },
  { fault: "throw", phase: "forward", rank: 0, error: gone(/phase forward.*the data ended/) },
  { fault: "kill", phase: "backward", rank: 1, error: gone(/without a word|SIGKILL/) },
  { fault: "kill", phase: "backward", rank: 0 },
  { fault: "exit", phase: "forward", rank: 1, error: gone(/exited with code 0/) },
  { fault: "exit", phase: "backward", rank: 0, error: gone(/exited with code 0/) },
  { fault: "throw", phase: "save", rank: 1, error: gone(/the data ended/, { phase: "save" }) },
  {
    fault: "kill",
    phase: "barrier",
    rank: 1,
    error: gone(/without a word|SIGKILL/, { operation: 'barrier "after fit"' }),
  },
  {
    fault: "throw",
    phase: "before-launch",
    rank: 1,
    error: gone(/the data ended|code 1/, { operation: 'barrier "launch"' }),
  },
  { fault: "kill", phase: "fabric", rank: 1, error: gone(/without a word/, { phase: "backward" }) },
  { fault: "bad-label", phase: "fabric", rank: 1, error: gone(/out of range/, { phase: "backward" }) },
  {
    ...{ fault: "hang", phase: "forward", rank: 1 },
    error: { code: "LIT_COLLECTIVE_TIMEOUT", message: expect.stringMatching(/rank 1 \(process \d+\), phase forward/) },
  },
  {
    ...{ fault: "other-call", phase: "forward", rank: 1 },
    error: { code: "LIT_COLLECTIVE_MISMATCH", message: expect.stringMatching(/rank 1: call \d+, barrier "alone"/) },
  },
  {
    ...{ fault: "other-shape", phase: "backward", rank: 0 },
    error: {
      code: "LIT_COLLECTIVE_MISMATCH",
      message: expect.stringMatching(/rank 0: .*allReduce "alone" of float32\[3\]/),
    },
  },
];

/** Those that differ most: a failure of each kind, on either rank. */
const SAMPLE = CASES.filter(({ fault, phase }) => ["before-launch", "fabric"].includes(phase) || FEW.includes(fault));

describe("when a rank fails", { timeout: TIMEOUT_MS, concurrent: true }, () => {
  it.each(IS_FULL ? CASES : SAMPLE)(
    "$fault in $phase on rank $rank ends all, with an error that says so",
    async (each) => {
      const { error, fault, phase, rank } = each;
      const orders = { fault, phase, rank, timeoutMs: HANG_MS };
      const { ended } = await startRanks<FaultResult>("faults.ts", orders, { isBundled: fault !== "bad-label" });
      const { code, signal, results, stderr } = await ended;
      expect(code, stderr).not.toBe(0);
      expect(signal).toBe(fault === "kill" && rank === 0 ? "SIGKILL" : null);
      expect(results.map((result) => isThere(result?.processId))).toEqual([false, false]);
      if (error === undefined) return;
      expect(results[1 - rank]?.error, stderr).toMatchObject({ blamedRank: rank, ...error });
    },
  );

  it("a first rank that hangs leaves the others an error, and takes no other with it when it is killed", async () => {
    const orders: FaultOrders = { fault: "hang", phase: "forward", rank: 0, timeoutMs: HANG_MS };
    const ranks = await startRanks<FaultResult>("faults.ts", orders);
    while (ranks.resultOf(1)?.error === undefined) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(ranks.resultOf(1)?.error).toMatchObject({ code: "LIT_COLLECTIVE_TIMEOUT", blamedRank: 0 });
    ranks.process.kill("SIGKILL");
    const { results } = await ranks.ended;
    expect(results.map((result) => isThere(result?.processId))).toEqual([false, false]);
  });

  it("a rank that hangs after training is ended by the first", async () => {
    const orders: FaultOrders = { fault: "hang", phase: "end", rank: 1, timeoutMs: HANG_MS };
    const { code, results, stderr } = await (await startRanks<FaultResult>("faults.ts", orders)).ended;
    expect([code, results[0]?.at, isThere(results[1]?.processId)]).toEqual([1, "end", false]);
    expect(stderr).toContain(`Rank 1 did not end within ${HANG_MS} ms`);
  });

  it("a first process that is killed at any time leaves none behind", async () => {
    const orders: FaultOrders = { fault: "hang", phase: "end", rank: 0, timeoutMs: 60_000 };
    const ranks = await startRanks<FaultResult>("faults.ts", orders);
    while (ranks.resultOf(0)?.at !== "fault at end") await new Promise((resolve) => setTimeout(resolve, 50));
    ranks.process.kill("SIGTERM");
    setTimeout(() => ranks.process.kill("SIGKILL"), 500);
    const { results } = await ranks.ended;
    expect(results.map((result) => isThere(result?.processId))).toEqual([false, false]);
  });

  it("nothing is said where nothing fails", async () => {
    const orders: FaultOrders = { fault: "none", phase: "forward", rank: 0, devices: 3, timeoutMs: 60_000 };
    const { code, results, stderr } = await (
      await startRanks<FaultResult>("faults.ts", orders, { worldSize: 3 })
    ).ended;
    expect([code, stderr, ...results.map((result) => result?.at)]).toEqual([0, "", "end", "end", "end"]);
  });
});

function isThere(processId: number | undefined): boolean | undefined {
  if (processId === undefined) return undefined;
  try {
    // One that has ended and that nobody asked for stays as a "zombie".
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${processId}/status`, "utf8"));
  } catch {
    return false; // No such process.
  }
}
